import type { RedisKey } from '../../../shared/model/ids.ts'
import type { RedisConnection } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'

/** Keys asked for by one EXISTS: far below 2 ms. */
const existsChunk = 200

/**
 * Ends a session and leaves a tombstone, in one step: nobody sees the key gone and no tombstone.
 *
 * KEYS  1 key of the session  2 audit:revoked (sorted set: session key, Redis time in ms until which it is guarded)
 * ARGV  1 guard window in ms  2 channel of forced logouts, or ''  3 message for it
 * Reply { 1 if the key was there else 0, Redis time in ms as text }
 */
const revokeScript = defineScript({
  name: 'revoke',
  keys: 2,
  lua: `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[1])), KEYS[1])
    local removed = redis.call('DEL', KEYS[1])
    if ARGV[2] ~= '' then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
    return { removed, string.format('%.0f', now) }
  `,
})

/**
 * Removes a session that is there again, if it is still guarded.
 *
 * KEYS  1 key of the session  2 audit:revoked
 * Reply { 1 if the key was there and is removed else 0, Redis time in ms as text }
 */
const removeAgainScript = defineScript({
  name: 'remove again',
  keys: 2,
  lua: `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local guarded_until = redis.call('ZSCORE', KEYS[2], KEYS[1])
    local removed = 0
    if guarded_until and tonumber(guarded_until) > now then removed = redis.call('DEL', KEYS[1]) end
    return { removed, string.format('%.0f', now) }
  `,
})

/**
 * The tombstones that are still guarded; those whose time is over are cleared away.
 *
 * KEYS  1 audit:revoked
 * Reply { session key, end of its guard in Redis time (ms) as text, and so on }
 */
const listScript = defineScript({
  name: 'guarded sessions',
  keys: 1,
  lua: `
    local time = redis.call('TIME')
    local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
    return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
  `,
})

export interface Removal {
  removed: boolean
  /** By Redis's clock. */
  at: Date
}

/** The revoked sessions that are watched for coming back. Redis keeps them, so that they outlive the engine. */
export class Tombstones {
  readonly #redis: RedisConnection
  readonly #key: string

  constructor(redis: RedisConnection, key: string) {
    this.#redis = redis
    this.#key = key
  }

  /** Deletes the session's key, guards it, and tells `message` to `channel` if there is one. */
  async revoke(key: RedisKey, guardMs: number, notice: { channel: string; message: string } | null): Promise<Removal> {
    const args = [guardMs, notice?.channel ?? '', notice?.message ?? '']
    return removalOf(await revokeScript.run(this.#redis.client, [key, this.#key], args))
  }

  async removeAgain(key: RedisKey): Promise<Removal> {
    return removalOf(await removeAgainScript.run(this.#redis.client, [key, this.#key]))
  }

  /** When the guard of each key ends, by Redis's clock. */
  async list(): Promise<Map<RedisKey, Date>> {
    const reply = (await listScript.run(this.#redis.client, [this.#key])) as string[]
    const guarded = new Map<RedisKey, Date>()
    for (let at = 0; at < reply.length; at += 2) guarded.set(reply[at] as RedisKey, new Date(Number(reply[at + 1])))
    return guarded
  }

  exists = async (key: RedisKey): Promise<boolean> => (await this.#redis.client.exists(key)) > 0

  /** Those of the keys that are there. Nearly always none is, so chunks are asked for first. */
  async existing(keys: readonly RedisKey[]): Promise<RedisKey[]> {
    const { client } = this.#redis
    const chunks = Array.from({ length: Math.ceil(keys.length / existsChunk) }, (_, index) =>
      keys.slice(index * existsChunk, (index + 1) * existsChunk),
    )
    const counts = await Promise.all(chunks.map((chunk) => client.exists(...chunk)))
    const suspects = chunks.filter((_, index) => (counts[index] ?? 0) > 0).flat()
    const there = await Promise.all(suspects.map(this.exists))
    return suspects.filter((_, index) => there[index])
  }
}

function removalOf(reply: unknown): Removal {
  const [removed, at] = reply as [number, string]
  return { removed: removed === 1, at: new Date(Number(at)) }
}
