import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { RedisCommands } from '../../redis/connection.ts'
import { defineScript } from '../../redis/script.ts'
import type { HashFields, RawValue } from '../profiles/types.ts'

/** A longer value is read up to here and refused: each read must stay far below 2 ms. */
export const maxValueBytes = 1_500_000
/** A session has some ten fields; HGETALL of a hash with many more would hold Redis. */
export const maxHashFields = 500
/** Copying so much takes Redis some 0.1 ms: then a step ends, however few keys it has read. */
const maxStepBytes = 128 * 1024

/**
 * Values with what is left of their time, in one step and without an error for any type. Most of what this costs Redis
 * are the calls out of Lua (about 1 us each): of strings all values come by one. Value and time belong together because
 * nothing comes between: read by two commands, a session that is saved meanwhile would have the old value and the new end.
 *
 * KEYS  any number of session keys
 * ARGV  1 "strings" where all are expected to hold one; else ""  2 most bytes of a string: of a longer one so many and one
 *       more are read  3 most fields of a hash  4 bytes of values after which no further key is read
 * Reply { seconds, microseconds, then for each key that was read, in their order and at least for one: PTTL, value }; a
 *       value is a bulk string, a flat list of fields and values, a list with the name of another type alone, or nil where
 *       the key is gone
 */
const readScript = defineScript({
  name: 'read-sessions',
  keys: 'any',
  lua: `
    local call = redis.call
    local mostOfString, mostFields, mostBytes = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
    local reply = call('TIME')
    local bytes = 0

    local function read(key)
      local kind = call('TYPE', key).ok
      if kind == 'string' then
        local value = call('GETRANGE', key, 0, mostOfString)
        bytes = bytes + #value
        return value
      end
      if kind == 'hash' and call('HLEN', key) <= mostFields then
        local fields = call('HGETALL', key)
        for _, text in ipairs(fields) do bytes = bytes + #text end
        return fields
      end
      return { kind }
    end

    -- How many of the first keys hold strings that can be read at once; nil where one does not.
    local function countStrings()
      for i, key in ipairs(KEYS) do
        local length = redis.pcall('STRLEN', key)
        if type(length) ~= 'number' or length > mostOfString then return nil end
        bytes = bytes + length
        if bytes >= mostBytes then return i end
      end
      return #KEYS
    end

    local count = ARGV[1] == 'strings' and countStrings()
    if count then
      local values = call('MGET', unpack(KEYS, 1, count))
      for i = 1, count do
        reply[2 * i + 1] = call('PTTL', KEYS[i])
        reply[2 * i + 2] = values[i]
      end
      return reply
    end
    bytes = 0
    for i, key in ipairs(KEYS) do
      local left = call('PTTL', key)
      reply[2 * i + 1] = left
      reply[2 * i + 2] = left ~= -2 and read(key)
      if bytes >= mostBytes then break end
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
 * Reads some keys in one step of Redis, or in several where their values are long: not many keys at once, because Redis
 * serves whatever one client has sent before it turns to the others. In a Cluster, where each key has a slot of its own, it
 * is a step a key, and all servers work at once.
 * @param areStrings whether all are expected to hold a string, which is read faster; what holds something else is read, too
 * @returns what is there, in the order of the keys; keys that are gone are left out
 */
export async function readKeys(
  client: RedisCommands,
  keys: readonly RedisKey[],
  areStrings = false,
): Promise<KeyReading[]> {
  if (client.isCluster) {
    return (await Promise.all(keys.map((key) => readStep(client, [key], areStrings)))).flatMap(
      ({ readings }) => readings,
    )
  }
  const all: KeyReading[] = []
  let left = keys
  while (left.length > 0) {
    const { readings, count } = await readStep(client, left, areStrings)
    for (const reading of readings) all.push(reading)
    left = left.slice(count)
  }
  return all
}

/** @returns `count`: how many of the keys were read, the first ones */
async function readStep(
  client: RedisCommands,
  keys: readonly RedisKey[],
  areStrings: boolean,
): Promise<{ readings: KeyReading[]; count: number }> {
  const limits = [areStrings ? 'strings' : '', maxValueBytes, maxHashFields, maxStepBytes]
  const reply = (await readScript.runBuffer(client, keys, limits)) as unknown[]
  const nowMs = Number(reply[0]) * 1_000 + Math.floor(Number(reply[1]) / 1_000)
  const count = (reply.length - 2) / 2
  const readings: KeyReading[] = []
  for (let index = 0; index < count; index++) {
    const leftMs = reply[2 * index + 2] as number
    const value = reply[2 * index + 3] as ValueReply
    if (value === null) continue
    const key = keys[index] as RedisKey
    readings.push({ key, nowMs, expiresAtMs: leftMs < 0 ? null : nowMs + leftMs, value: valueOf(value) })
  }
  return { readings, count }
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
