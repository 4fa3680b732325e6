import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { RedisKey } from '../../../../shared/model/ids.ts'

/** Where Redis names touched keys to clients of RESP2 (Redis manual, "Client-side caching"). */
export const hintChannel = '__redis__:invalidate'
/** A connection that was cut without a word is noticed after so long, and the time that Redis has to answer. */
const heartbeatMs = 2_000

export interface NodeEvents {
  /** Redis names every touched key from now on. */
  on(): void
  touched(keys: readonly RedisKey[]): void
  /** All keys went at once, and Redis names none of them. */
  flushed(): void
}

/**
 * A connection of its own to a server, over which that names keys. It is not made again when it is lost: tracking belongs
 * to the connection, so what is made anew would name nothing. RESP2, because the driver has no ear for the messages that
 * RESP3 brings.
 */
export const openTracked = (node: Redis, timeoutMs: number): Redis =>
  node.duplicate({
    connectionName: 'gatehouse-hints',
    protocol: 2,
    lazyConnect: true,
    retryStrategy: () => null,
    autoResubscribe: false,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
  })

/**
 * Has Redis name the touched keys of some prefixes, none of which begins with another. The connection redirects to
 * itself: Redis takes that for a subscriber like any other, and there is no second connection whose loss would break the
 * redirection in silence.
 * @returns never, but rejects with the reason when Redis refuses or the connection is lost or closed
 */
export async function trackNode(client: Redis, prefixes: readonly string[], events: NodeEvents): Promise<never> {
  let failure: Error | null = null as Error | null
  client.on('error', (error) => (failure = error))
  const ended = new Promise<never>((_, reject) => {
    client.once('end', () => reject(failure ?? new Error('Redis closed the connection')))
  })
  // It may end before anybody waits for that.
  ended.catch(() => undefined)
  // On this channel the driver emits a list of keys, whatever its types say; null stands for all keys.
  client.on('messageBuffer', (_channel, message: unknown) => {
    if (Array.isArray(message)) events.touched(message.map((key) => String(key) as RedisKey))
    else events.flushed()
  })
  try {
    await client.connect()
    const id = await client.client('ID')
    await client.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefixes.flatMap((p) => ['PREFIX', p]))
    await client.subscribe(hintChannel)
  } catch (error) {
    throw failure ?? error
  }
  events.on()
  return Promise.race([ended, beat(client)])
}

/** A ping is answered after all that Redis had to say before it. */
async function beat(client: Redis): Promise<never> {
  for (;;) {
    await sleep(heartbeatMs, undefined, { ref: false })
    await client.ping()
  }
}
