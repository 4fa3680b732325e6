import { messageOf } from '../shared/errors.ts'
import { defaultKeys } from './audit-logger.ts'
import { textOf, type ProducedEvent } from './event-text.ts'
import { Lane } from './lane.ts'
import { invalid, readNumbers } from './options.ts'
import { Problems, type OnProblem } from './problems.ts'
import { runnerOf, type RedisClient } from './redis-client.ts'
import { Tally, type ProducerCounters } from './tally.ts'

/** A session that was checked and found good. */
export interface SessionCheck {
  userId: string
  sessionId?: string | undefined
  username?: string | undefined
  email?: string | undefined
}

/** What may be kept of a check beside the user id, by the field of the event. */
const optionalFields = { session_id: 'sessionId', username: 'username', email: 'email' } as const

export interface CheckUsageOptions {
  /** The application's own client. It must stay open until close() has ended. */
  redis: RedisClient
  /** Off unless this is true: every check becomes an event. */
  enabled?: boolean
  /** How often checks go to the queue (60,000). */
  intervalMs?: number
  /** What is kept beside the user id; nothing by default. */
  include?: readonly (keyof typeof optionalFields)[]
  /** Names of the keys, where the console is set to others. */
  keys?: { queue?: string; counters?: string }
  /** Most events that may wait in the queue (10,000); what exceeds it waits in memory. */
  depthLimit?: number
  /** Most checks kept in memory (50,000): half as many are flushed early, beyond it the oldest are dropped and counted. */
  maxWaiting?: number
  /** Most characters of JSON kept in memory (16,777,216). */
  maxWaitingCharacters?: number
  /** How long Redis may take to answer before a push is repeated (5,000). */
  timeoutMs?: number
  onProblem?: OnProblem
}

/** Logs successful session checks: in memory, flushed now and then. Nothing here ever throws or rejects. */
export interface CheckUsage {
  /** Takes a check. What a function throws instead of returning one is told as a problem, and reaches nobody else. */
  record(check: SessionCheck | (() => SessionCheck | null | undefined)): void
  /** Pushes what waits. One flush at a time: a call during one waits for that one. */
  flush(): Promise<void>
  counters(): ProducerCounters
  /** A last flush, for up to `deadlineMs` (5,000); what is left then is dropped and counted. */
  close(deadlineMs?: number): Promise<ProducerCounters>
}

const owner = 'createCheckUsage'
const defaults = {
  intervalMs: 60_000,
  depthLimit: 10_000,
  maxWaiting: 50_000,
  maxWaitingCharacters: 16_777_216,
  timeoutMs: 5_000,
}
const noSecrets: ReadonlySet<string> = new Set()

/**
 * A log of successful session checks, for who uses the application and how much.
 * @throws GatehouseError CONFIG_INVALID that names the option
 */
export function createCheckUsage(given: CheckUsageOptions): CheckUsage {
  const others = ['redis', 'enabled', 'include', 'keys', 'onProblem']
  const { intervalMs, ...bounds } = readNumbers(owner, given, defaults, others)
  const include = given.include ?? []
  const unknown = include.find((field) => !Object.hasOwn(optionalFields, field))
  if (unknown !== undefined)
    throw invalid(owner, 'include', `names "${unknown}": there are session_id, username, email`)
  const runner = runnerOf(owner, given.redis)
  const keys = { ...defaultKeys, ...given.keys }
  const problems = new Problems('check usage', given.onProblem)
  const tally = new Tally(runner, keys.counters, bounds.timeoutMs)
  const lane = new Lane({ runner, tally, problems, queueKey: keys.queue, ...bounds })
  const enabled = given.enabled === true
  const timer = enabled ? setInterval(() => void lane.flush(), intervalMs).unref() : undefined

  const eventOf = (check: SessionCheck): ProducedEvent => {
    const event: Record<string, unknown> = { timestamp: new Date().toISOString(), user_id: check.userId }
    for (const field of include) event[field] = check[optionalFields[field]]
    return event
  }

  const counters = (): ProducerCounters => tally.counters(lane.waiting)

  return {
    record(source) {
      if (!enabled) return
      try {
        const check = typeof source === 'function' ? source() : source
        if (check == null) return
        const text = textOf(eventOf(check), noSecrets)
        tally.logged++
        lane.add({ text })
      } catch (error) {
        problems.report('INVALID_INPUT', `a check could not be read and is not recorded: ${messageOf(error)}`, error)
      }
      if (lane.waiting * 2 >= bounds.maxWaiting) lane.kick()
    },
    flush: () => lane.flush(),
    counters,
    async close(deadlineMs = 5_000) {
      clearInterval(timer)
      await lane.close(performance.now() + deadlineMs)
      return counters()
    },
  }
}
