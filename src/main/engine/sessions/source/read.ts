import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { RedisCommands } from '../../redis/connection.ts'
import { defineScript } from '../../redis/script.ts'
import type { HashFields, RawValue } from '../profiles/types.ts'

/** A longer value is read up to here and refused: each read must stay far below 2 ms. */
export const maxValueBytes = 1_500_000
/** A session has some ten fields; HGETALL of a hash with many more would hold Redis. */
export const maxHashFields = 500

/**
 * Values with what is left of their time, in one step and without an error for any type. Most of what this costs Redis
 * are the calls out of Lua (about 1 us each): of strings all values come by one. Value and time belong together because
 * nothing comes between: read by two commands, a session that is saved meanwhile would have the old value and the new end.
 *
 * KEYS  any number of session keys
 * ARGV  1 "strings" where all are expected to hold one, which is then read whole; else ""  2 last byte to read of any
 *       other string  3 most fields of a hash
 * Reply { seconds, microseconds, then for each key: PTTL, value }; a value is a bulk string, a flat list of fields and
 *       values, a list with the name of another type alone, or nil where the key is gone
 */
const readScript = defineScript({
  name: 'read-sessions',
  keys: 'any',
  lua: `
    local call = redis.call

    local function read(key)
      local kind = call('TYPE', key).ok
      if kind == 'string' then return call('GETRANGE', key, 0, ARGV[2]) end
      if kind == 'hash' and call('HLEN', key) <= tonumber(ARGV[3]) then return call('HGETALL', key) end
      return { kind }
    end

    local reply = call('TIME')
    local strings = ARGV[1] == 'strings' and call('MGET', unpack(KEYS)) or {}
    for i, key in ipairs(KEYS) do
      local left = call('PTTL', key)
      reply[2 * i + 1] = left
      reply[2 * i + 2] = left ~= -2 and (strings[i] or read(key))
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
 * Reads some keys in one step of Redis: no more than ReadSizes says, and not many steps at once, because Redis serves
 * whatever one client has sent before it turns to the others. In a Cluster, where each key has a slot of its own, it is a
 * step a key, and all servers work at once.
 * @param areStrings whether all held a string, and no long one, when last read; what holds something else now is read, too
 * @returns what is there, in the order of the keys; keys that are gone are left out
 */
export async function readKeys(
  client: RedisCommands,
  keys: readonly RedisKey[],
  areStrings = false,
): Promise<KeyReading[]> {
  if (!client.isCluster) return readInOneStep(client, keys, areStrings)
  return (await Promise.all(keys.map((key) => readInOneStep(client, [key], areStrings)))).flat()
}

async function readInOneStep(
  client: RedisCommands,
  keys: readonly RedisKey[],
  areStrings: boolean,
): Promise<KeyReading[]> {
  if (keys.length === 0) return []
  const expected = areStrings ? 'strings' : ''
  const reply = (await readScript.runBuffer(client, keys, [expected, maxValueBytes, maxHashFields])) as unknown[]
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
