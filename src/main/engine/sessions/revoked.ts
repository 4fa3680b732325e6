import type { RedisKey } from '../../../shared/model/ids.ts'
import type { MirrorContext } from './context.ts'
import { readTombstones } from './source/tombstones.ts'

/**
 * Revoked sessions that are there again, perhaps with the very value that they had, are to be read and written anew.
 * @returns their keys, of those that the mirror has not seen go
 */
export async function distrustRevoked({ redis, config, memory }: MirrorContext): Promise<RedisKey[]> {
  const nowMs = performance.now()
  for (const [sessionId, untilMs] of memory.revoked) if (untilMs < nowMs) memory.revoked.delete(sessionId)
  const known = [...(await readTombstones(redis.client, config.redis.keys.revoked))].filter((key) =>
    memory.known.has(key),
  )
  for (const key of known) memory.known.distrust(key)
  return known
}
