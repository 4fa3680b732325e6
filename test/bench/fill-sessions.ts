import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { defineScript } from '../../src/main/engine/redis/script.ts'

const ttlSeconds = 86_400

/** The live id of session `n`, the same in every process. */
export const liveIdOf = (n: number): string => createHash('sha256').update(`${n}`).digest('base64url').slice(0, 24)

/** The fields of session `n` of those whose ids are numbered. */
export const sessionOf = (n: number): Record<string, string | number> => fieldsOf(liveIdOf(n), n)

const fieldsOf = (liveId: string, n: number): Record<string, string | number> => ({
  session_id: liveId,
  user_id: `user-${n % 20_000}`,
  is_active: 'true',
  force_logout: 'false',
  ip_address: `10.${n % 200}.${n % 250}.${n % 240}`,
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
  last_active: new Date(Date.now() - (n % 7_200) * 1_000).toISOString(),
  expires_at: new Date(Date.now() + ttlSeconds * 1_000).toISOString(),
  api_call_count: n % 500,
})

/** A million one by one, each a command of the driver's, would take minutes. */
const sessionsPerStep = 500

/**
 * KEYS  session keys
 * ARGV  1 "string" or "hash"  2 seconds to live  then for each key its session, as JSON
 */
const fillScript = defineScript({
  name: 'fill-sessions',
  keys: 'any',
  lua: `
    for i, key in ipairs(KEYS) do
      local session = ARGV[i + 2]
      if ARGV[1] == 'string' then
        redis.call('SET', key, session, 'EX', ARGV[2])
      else
        local fields = {}
        for name, value in pairs(cjson.decode(session)) do
          fields[#fields + 1] = name
          fields[#fields + 1] = value
        end
        redis.call('HSET', key, unpack(fields))
        redis.call('EXPIRE', key, ARGV[2])
      end
    end
  `,
})

/** Writes a session for each id, as JSON or as a hash, with a day to live. */
export async function fillSessions(redis: Redis, liveIds: readonly string[], type: 'string' | 'hash'): Promise<void> {
  let written: Promise<unknown> = Promise.resolve()
  for (let from = 0; from < liveIds.length; from += sessionsPerStep) {
    const step = liveIds.slice(from, from + sessionsPerStep)
    const keys = step.map((liveId) => `session:${liveId}`)
    const sessions = step.map((liveId, n) => JSON.stringify(fieldsOf(liveId, from + n)))
    // The next step is made while Redis writes this one.
    await written
    written = fillScript.run(redis, keys, [type, ttlSeconds, ...sessions])
  }
  await written
}
