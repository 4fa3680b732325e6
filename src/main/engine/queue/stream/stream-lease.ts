import type { RedisCommands } from '../../redis/connection.ts'
import type { Lease } from '../batch.ts'
import type { StreamGroup } from '../groups.ts'
import { acknowledgeScript, idleScript } from './scripts.ts'

/** Entries dealt with by one command: keeps it under 2 ms. */
const sliceSize = 500

/**
 * The lease of a consumer on entries: the time for which Redis has not heard of them. XAUTOCLAIM gives others what was
 * idle for `leaseMs`.
 * @param ids of the entries, ascending
 */
export function streamLease(
  client: RedisCommands,
  { key, group, failed }: StreamGroup,
  consumer: string,
  leaseMs: number,
  ids: readonly string[],
): Lease {
  async function setIdle(ms: number): Promise<boolean> {
    let held = 0
    for (let from = 0; from < ids.length; from += sliceSize) {
      const args = [group, consumer, ms, ...ids.slice(from, from + sliceSize)]
      held += (await idleScript.run(client, [key], args)) as number
    }
    return held > 0
  }

  return {
    renew: () => setIdle(0),
    release: () => setIdle(leaseMs),
    // In slices: each entry is ended for itself, and one that stays pending is stored no second time.
    async acknowledge(letters) {
      const entries = new Map(letters.map(({ index, entry }) => [index, entry]))
      let ended = 0
      for (let from = 0; from < ids.length; from += sliceSize) {
        const failures: string[] = []
        const stored: string[] = []
        for (const [place, id] of ids.slice(from, from + sliceSize).entries()) {
          const letter = entries.get(from + place)
          if (letter === undefined) stored.push(id)
          else failures.push(id, letter)
        }
        const args = [group, consumer, failures.length / 2, ...failures, ...stored]
        ended += (await acknowledgeScript.run(client, [key, failed], args)) as number
      }
      return ended > 0
    },
  }
}
