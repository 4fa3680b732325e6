import type { Redis } from 'ioredis'
import type { RedisKey } from '../../../../shared/model/ids.ts'

/** A prefix as it must stand in a MATCH pattern: its glob characters mean themselves. */
export const globOf = (prefix: string): string => `${prefix.replaceAll(/[*?[\]\\]/g, '\\$&')}*`

/**
 * Pages of the keys that begin with `prefix`, in the order of SCAN: keys that were there all the time come at least
 * once, and some come twice. The next page is asked for while the caller works on one.
 */
export async function* scanPages(client: Redis, prefix: string, count: number): AsyncGenerator<RedisKey[]> {
  const ask = (cursor: string) => {
    const reply = client.scan(cursor, 'MATCH', globOf(prefix), 'COUNT', count)
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
