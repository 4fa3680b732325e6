import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { RedisCommands } from '../../redis/connection.ts'
import { defineScript } from '../../redis/script.ts'
import type { HashFields, RawValue } from '../profiles/types.ts'

/** A longer value is read up to here and refused: each read must stay far below 2 ms. */
export const maxValueBytes = 1_500_000
/** A session has some ten fields; HGETALL of a hash with many more would hold Redis. */
export const maxHashFields = 500

/**
 * Values with what is left of their time, in one step and without an error for any type. A string that is known as one
 * costs one call less.
 *
 * KEYS  any number of session keys
 * ARGV  1 a character a key: s where a string is expected, else ?  2 last byte to read  3 most fields of a hash
 * Reply { seconds, microseconds, then for each key: PTTL, value }; a value is a bulk string, a flat list of fields and
 *       values, a list with the name of another type alone, or nil where the key is gone
 */
const readScript = defineScript({
  name: 'read-sessions',
  keys: 'any',
  lua: `
    local function read(key, hint)
      if hint == 's' then
        local text = redis.pcall('GETRANGE', key, 0, ARGV[2])
        if type(text) == 'string' then return text end
      end
      local kind = redis.call('TYPE', key).ok
      if kind == 'string' then return redis.call('GETRANGE', key, 0, ARGV[2]) end
      if kind == 'hash' and redis.call('HLEN', key) <= tonumber(ARGV[3]) then return redis.call('HGETALL', key) end
      return { kind }
    end

    local reply = redis.call('TIME')
    for i, key in ipairs(KEYS) do
      local left = redis.call('PTTL', key)
      reply[2 * i + 1] = left
      reply[2 * i + 2] = left ~= -2 and read(key, string.sub(ARGV[1], i, i))
    end
    return reply
  `,
})

/** What lay under a key at one moment. */
export interface KeyReading {
  key: RedisKey
  /** Redis's clock. */
  nowMs: number
  /** null: no time to live. */
  expiresAtMs: number | null
  /** A type that holds no session is given by its name; so are a hash with too many fields and too long a string. */
  value: RawValue | { readonly type: 'other'; readonly name: string }
}

type ValueReply = Buffer | Buffer[] | null

/**
 * Reads some keys in one step of Redis: as many as `mirror.readChunk`, and not several steps at once, because Redis
 * serves whatever one client has sent before it turns to the others. In a Cluster, where each key has a slot of its own,
 * it is a step a key, and all servers work at once.
 * @param isString whether the key held a string when last read
 * @returns what is there; keys that are gone are left out
 */
export async function readKeys(
  client: RedisCommands,
  keys: readonly RedisKey[],
  isString: (key: RedisKey) => boolean,
): Promise<KeyReading[]> {
  if (!client.isCluster) return readInOneStep(client, keys, isString)
  return (await Promise.all(keys.map((key) => readInOneStep(client, [key], isString)))).flat()
}

async function readInOneStep(
  client: RedisCommands,
  keys: readonly RedisKey[],
  isString: (key: RedisKey) => boolean,
): Promise<KeyReading[]> {
  if (keys.length === 0) return []
  const hints = keys.map((key) => (isString(key) ? 's' : '?')).join('')
  const reply = (await readScript.runBuffer(client, keys, [hints, maxValueBytes, maxHashFields])) as unknown[]
  const nowMs = Number(reply[0]) * 1_000 + Math.floor(Number(reply[1]) / 1_000)
  const readings: KeyReading[] = []
  for (const [index, key] of keys.entries()) {
    const leftMs = reply[2 * index + 2] as number
    const value = reply[2 * index + 3] as ValueReply
    if (value === null) continue
    readings.push({ key, nowMs, expiresAtMs: leftMs < 0 ? null : nowMs + leftMs, value: valueOf(value) })
  }
  return readings
}

function valueOf(value: Buffer | Buffer[]): KeyReading['value'] {
  if (!Array.isArray(value)) {
    if (value.length <= maxValueBytes) return { type: 'string', bytes: value }
    return { type: 'other', name: `string of more than ${maxValueBytes} bytes` }
  }
  if (value.length % 2 === 0) return { type: 'hash', fields: fieldsOf(value) }
  const name = String(value[0])
  return { type: 'other', name: name === 'hash' ? `hash of more than ${maxHashFields} fields` : name }
}

function fieldsOf(flat: readonly Buffer[]): HashFields {
  const fields: [Buffer, Buffer][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) fields.push([flat[i] as Buffer, flat[i + 1] as Buffer])
  return fields
}
