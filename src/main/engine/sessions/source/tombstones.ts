import type { Redis } from 'ioredis'
import type { RedisKey } from '../../../../shared/model/ids.ts'

const pageSize = 1_000

/** Keys of sessions that were revoked a moment ago, by any engine: the revocation leaves them in a sorted set. */
export async function* tombstones(client: Redis, revokedKey: string): AsyncGenerator<RedisKey[]> {
  for (let from = 0; ; from += pageSize) {
    const page = (await client.zrange(revokedKey, from, `${from + pageSize - 1}`)) as RedisKey[]
    if (page.length > 0) yield page
    if (page.length < pageSize) return
  }
}

/** Which of the keys have a tombstone. */
export async function withTombstone(
  client: Redis,
  revokedKey: string,
  keys: readonly RedisKey[],
): Promise<Set<RedisKey>> {
  const found = new Set<RedisKey>()
  for (let from = 0; from < keys.length; from += pageSize) {
    const page = keys.slice(from, from + pageSize)
    const scores = await client.zmscore(revokedKey, ...page)
    for (const [i, key] of page.entries()) if (scores[i] !== null) found.add(key)
  }
  return found
}
