import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { RedisCommands } from '../../redis/connection.ts'

const pageSize = 1_000

/** Keys of the sessions that were revoked a moment ago, by any engine: the revocation leaves them in a sorted set. */
export async function readTombstones(client: RedisCommands, revokedKey: string): Promise<Set<RedisKey>> {
  const keys = new Set<RedisKey>()
  for (let from = 0; ; from += pageSize) {
    const page = await client.zrange(revokedKey, from, `${from + pageSize - 1}`).catch(noneOfWrongType)
    for (const key of page) keys.add(key as RedisKey)
    if (page.length < pageSize) return keys
  }
}

/** The revocation, which cannot write there either, reports it; the mirror goes on. */
function noneOfWrongType(error: unknown): string[] {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return []
  throw error
}
