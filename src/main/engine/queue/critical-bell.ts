import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../shared/errors.ts'
import type { QueueDeps } from './deps.ts'

/** Seconds that Redis holds a question: so long a critical batch whose worker died may wait beyond its lease. */
const askedForS = 1

export interface CriticalBell {
  /** Resolves when a critical item may wait: at once where one does, after a second where none comes. */
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
  const silent = new AbortController()
  const idle = () => sleep(config.queue.idleMs, undefined, { signal: silent.signal }).catch(() => undefined) // Silenced.

  return {
    async rung() {
      if (client === null) return idle()
      try {
        await client.blmove(key, key, 'LEFT', 'LEFT', askedForS)
      } catch (error) {
        if (silent.signal.aborted) return
        log.debug({ reason: messageOf(error) }, 'critical items are looked for in intervals')
        await idle()
      }
    },
    silence() {
      silent.abort()
      client?.disconnect()
    },
  }
}
