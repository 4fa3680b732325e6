import { messageOf } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { defineScript } from '../redis/script.ts'
import type { QueueDeps } from './deps.ts'
import { feedJson } from './feed-json.ts'
import { mayBeHeard } from './listeners.ts'

/** Length of audit:recent. */
const maxRecent = 1_000
/** Events of one command: keeps it under 2 ms. */
const sliceSize = 200
/** Events that may wait to be published; then the oldest are left out, and counted. */
const maxWaiting = 20_000
/** How often the list is written while nobody listens: of 70,000 events a second only the last 1,000 stay in it. */
const quietMs = 250

/**
 * Keeps events in a list of the last, and publishes them where there is a channel.
 *
 * KEYS  1 audit:recent
 * ARGV  1 channel audit:logs, or '' to publish nothing  2 length of the list  3... events as JSON, oldest first
 */
const publishScript = defineScript({
  name: 'publish',
  keys: 1,
  lua: `
    redis.call('LPUSH', KEYS[1], unpack(ARGV, 3))
    redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
    if ARGV[1] == '' then return 0 end
    for i = 3, #ARGV do redis.call('PUBLISH', ARGV[1], ARGV[i]) end
    return 1
  `,
})

export interface Publisher {
  /** Events that were stored, but not published although somebody may have listened, or not kept in audit:recent. */
  failures(): number
  /** Publishes what waits, and nothing from then on. */
  close(): Promise<void>
}

/**
 * The live feed: every event that this engine stores goes to the channel audit:logs, in the order in which it was
 * stored, and to the head of the list audit:recent, which holds the last 1,000, newest first. It is a convenience: a
 * failure here is counted and touches nothing else.
 *
 * Redis is asked who listens *after* the events were stored: whoever subscribed before an event was stored hears it.
 * While nobody listens nothing is published, and only what will stay in the list is written, four times a second.
 */
export function createPublisher(deps: Pick<QueueDeps, 'redis' | 'config' | 'signals' | 'problems'>): Publisher {
  const { redis, config, signals, problems } = deps
  const { recent, logsChannel } = config.redis.keys
  /** Stored since Redis was last asked who listens. */
  let fresh: AuditEvent[] = []
  /** The oldest of `fresh` that found no room: how many, and the first. Nothing is lost if nobody listens. */
  let excess = { count: 0, firstId: '' }
  /** For the list alone: nobody listened when they were looked at. */
  let unheard: AuditEvent[] = []
  let working: Promise<void> | null = null
  let quietTimer: NodeJS.Timeout | null = null
  let failures = 0

  function leaveOut(count: number, firstId: string, why: string): void {
    failures += count
    problems.report('redis', 'stored events were not published', `${firstId}: ${why}`)
  }

  async function send(events: readonly AuditEvent[], channel: string): Promise<void> {
    for (let from = 0; from < events.length; from += sliceSize) {
      const slice = events.slice(from, from + sliceSize)
      try {
        await publishScript.run(redis.client, [recent], [channel, maxRecent, ...slice.map(feedJson)])
      } catch (error) {
        leaveOut(slice.length, slice[0]?.eventId ?? '', messageOf(error))
      }
    }
  }

  async function writeUnheard(): Promise<void> {
    const events = unheard
    unheard = []
    await send(events, '')
  }

  async function askAndSend(): Promise<void> {
    const [events, left] = [fresh, excess]
    fresh = []
    excess = { count: 0, firstId: '' }
    const heard = await mayBeHeard(redis, logsChannel).catch(() => true) // Redis is away: sending tells why.
    if (!heard) {
      unheard = [...unheard, ...events.slice(-maxRecent)].slice(-maxRecent)
      return
    }
    if (left.count > 0) leaveOut(left.count, left.firstId, `more than ${maxWaiting} wait`)
    await writeUnheard()
    await send(events, logsChannel)
  }

  async function work(): Promise<void> {
    while (fresh.length > 0) await askAndSend()
    if (quietTimer === null && unheard.length > 0) {
      await writeUnheard()
      quietTimer = setTimeout(() => {
        quietTimer = null
        start()
      }, quietMs)
    }
  }

  function start(): void {
    // Not by the work itself: where nothing is left to do it ends before the assignment.
    working ??= work().finally(() => {
      working = null
      if (fresh.length > 0) start()
    })
  }

  const onStored = (events: readonly AuditEvent[]): void => {
    for (const event of events) fresh.push(event)
    const more = fresh.length - maxWaiting
    if (more > 0) {
      excess = { count: excess.count + more, firstId: excess.firstId || (fresh[0]?.eventId ?? '') }
      fresh = fresh.slice(more)
    }
    start()
  }

  signals.on('stored', onStored)
  return {
    failures: () => failures,
    async close() {
      signals.off('stored', onStored)
      while (working !== null) await working
      if (quietTimer !== null) clearTimeout(quietTimer)
      await writeUnheard()
    },
  }
}
