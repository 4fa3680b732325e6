import type { Redis } from 'ioredis'
import { GatehouseError } from '../../../../shared/errors.ts'
import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { RedisConnection } from '../../redis/connection.ts'
import { isRedisAway } from '../../redis/failure.ts'

/** A prefix as it must stand in a MATCH pattern: its glob characters mean themselves. */
export const globOf = (prefix: string): string => `${prefix.replaceAll(/[*?[\]\\]/g, '\\$&')}*`

/**
 * Pages of the keys that begin with `prefix`, in the order of SCAN, server by server: keys that were there all the time
 * come at least once, and some come twice. In a Cluster a key also has to have stayed where it was; whether all did,
 * readServer() tells.
 * @throws GatehouseError REDIS_UNAVAILABLE
 */
export async function* scanPages(redis: RedisConnection, prefix: string, count: number): AsyncGenerator<RedisKey[]> {
  for (const node of redis.nodes()) yield* scanNode(node, prefix, count)
}

/** The next page is asked for while the caller works on one. */
async function* scanNode(node: Redis, prefix: string, count: number): AsyncGenerator<RedisKey[]> {
  const ask = (cursor: string) => {
    const reply = node.scan(cursor, 'MATCH', globOf(prefix), 'COUNT', count).catch((error: unknown) => {
      throw wentAway(error, node)
    })
    // The caller may stop while this is under way, and then nobody else listens to how it fails.
    reply.catch(() => undefined)
    return reply
  }
  let next = ask('0')
  for (;;) {
    const [cursor, keys] = await next
    const last = cursor === '0'
    if (!last) next = ask(cursor)
    if (keys.length > 0) yield keys as RedisKey[]
    if (last) return
  }
}

/** The driver's own words for a lost server of a Cluster name neither the server nor what was done. */
function wentAway(error: unknown, { options: { host, port } }: Redis): unknown {
  if (!(error instanceof Error) || error instanceof GatehouseError || !isRedisAway(error)) return error
  const message = `Redis at ${host}:${port} went away in the middle of a scan: the scan is repeated.`
  return new GatehouseError('REDIS_UNAVAILABLE', message, {}, { cause: error })
}
