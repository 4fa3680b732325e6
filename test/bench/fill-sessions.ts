import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

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

/** Writes a session for each id, as JSON or as a hash, with a day to live. */
export async function fillSessions(redis: Redis, liveIds: readonly string[], type: 'string' | 'hash'): Promise<void> {
  for (let from = 0; from < liveIds.length; from += 5_000) {
    const pipeline = redis.pipeline()
    for (const [n, liveId] of liveIds.slice(from, from + 5_000).entries()) {
      const key = `session:${liveId}`
      const fields = fieldsOf(liveId, from + n)
      if (type === 'string') pipeline.set(key, JSON.stringify(fields), 'EX', ttlSeconds)
      else pipeline.hset(key, fields).expire(key, ttlSeconds)
    }
    await pipeline.exec()
  }
}
