import { messageOf } from '../../../shared/errors.ts'
import type { QueueDeps } from './deps.ts'

/** Seconds that Redis holds a question: so long a critical batch whose worker died may wait beyond its lease. */
const askedForS = 1

export interface CriticalBell {
  /** Resolves when a critical item may wait: at once where one does, or it is silent; after a second where none comes. */
  rung(): Promise<void>
  /** Ends the waiting. */
  silence(): void
}

/**
 * Tells when a critical item is pushed, without asking again and again: BLMOVE from the head of the list to its own head
 * changes nothing, and is answered the moment that there is an item. Where Redis does not do that (older than 6.2, out of
 * memory, no list there, a Cluster whose slot has moved), the bell rings every `queue.idleMs`.
 */
export function createCriticalBell({ redis, config, log }: Pick<QueueDeps, 'redis' | 'config' | 'log'>): CriticalBell {
  const client = redis.isCluster ? null : redis.dedicated('critical')
  const key = config.redis.keys.critical
  let wake: () => void = () => undefined
  let isSilent = false

  return {
    async rung() {
      // A worker that was looking for items when it ended asks once more, and the connection would refuse that.
      if (isSilent) return
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      // The driver never settles a question whose connection was lost: no answer is waited for longer than Redis holds it.
      let timer = setTimeout(resolve, client === null ? config.queue.idleMs : 2_000 * askedForS)
      client?.blmove(key, key, 'LEFT', 'LEFT', askedForS).then(
        () => resolve(),
        (error: unknown) => {
          log.debug({ reason: messageOf(error) }, 'critical items are looked for in intervals')
          clearTimeout(timer)
          if (!isSilent) timer = setTimeout(resolve, config.queue.idleMs)
        },
      )
      await promise
      clearTimeout(timer)
    },
    silence() {
      isSilent = true
      client?.disconnect()
      wake()
    },
  }
}
