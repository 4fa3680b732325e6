import { messageOf } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { defineScript } from '../redis/script.ts'
import type { QueueDeps } from './deps.ts'
import { feedJson } from './feed-json.ts'

/** Length of audit:recent. */
const maxRecent = 1_000
/** Events of one command: keeps it under 2 ms. */
const sliceSize = 200
/** Events that may wait to be published; then the oldest are left out, and counted. */
const maxWaiting = 20_000

/**
 * Publishes events, and keeps the last of them in a list.
 *
 * KEYS  1 audit:recent
 * ARGV  1 channel audit:logs  2 length of the list  3... events as JSON, oldest first
 */
const publishScript = defineScript({
  name: 'publish',
  keys: 1,
  lua: `
    redis.call('LPUSH', KEYS[1], unpack(ARGV, 3))
    redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
    for i = 3, #ARGV do redis.call('PUBLISH', ARGV[1], ARGV[i]) end
    return 1
  `,
})

export interface Publisher {
  /** Events that were stored, but not published. */
  failures(): number
  /** Publishes what waits, and nothing from then on. */
  close(): Promise<void>
}

/**
 * The live feed: every event that this engine stores goes to the channel audit:logs, in the order in which it was
 * stored, and to the head of the list audit:recent, which holds the last 1,000, newest first. It is a convenience: a
 * failure here is counted and touches nothing else.
 */
export function createPublisher(deps: Pick<QueueDeps, 'redis' | 'config' | 'signals' | 'problems'>): Publisher {
  const { redis, config, signals, problems } = deps
  const { recent, logsChannel } = config.redis.keys
  let waiting: AuditEvent[] = []
  let publishing: Promise<void> | null = null
  let failures = 0

  function leaveOut(events: readonly AuditEvent[], why: string): void {
    failures += events.length
    const [first] = events
    if (first !== undefined) problems.report('redis', 'stored events were not published', `${first.eventId}: ${why}`)
  }

  async function publishWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const slice = waiting.slice(0, sliceSize)
      waiting = waiting.slice(sliceSize)
      try {
        await publishScript.run(redis.client, [recent], [logsChannel, maxRecent, ...slice.map(feedJson)])
      } catch (error) {
        leaveOut(slice, messageOf(error))
      }
    }
    publishing = null
  }

  const onStored = (events: readonly AuditEvent[]): void => {
    for (const event of events) waiting.push(event)
    if (waiting.length > maxWaiting) {
      const excess = waiting.length - maxWaiting
      leaveOut(waiting.slice(0, excess), `more than ${maxWaiting} wait`)
      waiting = waiting.slice(excess)
    }
    publishing ??= publishWaiting()
  }

  signals.on('stored', onStored)
  return {
    failures: () => failures,
    async close() {
      signals.off('stored', onStored)
      await publishing
    },
  }
}
