import { messageOf } from '../shared/errors.ts'
import { textOf, type ProducedEvent } from './event-text.ts'
import { Lane, type LaneItem } from './lane.ts'
import { readNumbers } from './options.ts'
import { Problems, type OnProblem } from './problems.ts'
import { runnerOf, type RedisClient } from './redis-client.ts'
import { Tally, type ProducerCounters } from './tally.ts'

export interface AuditLoggerOptions {
  /** The application's own client. It must stay open until close() has ended. */
  redis: RedisClient
  /** Names of the keys, where the console is set to others. */
  keys?: { queue?: string; critical?: string; counters?: string }
  /** Most events that may wait in the queue (10,000); what exceeds it waits in memory. Critical events always go. */
  depthLimit?: number
  /** Most events kept in memory, of either kind (10,000); the oldest are dropped then, and counted. */
  maxWaiting?: number
  /** Most characters of JSON kept in memory, of either kind (16,777,216). */
  maxWaitingCharacters?: number
  /** How long Redis may take to answer before a push is repeated (5,000). */
  timeoutMs?: number
  /** How long `logCritical` waits for Redis before it says `waiting` (1,000). */
  criticalTimeoutMs?: number
  /** Further names of fields whose values are secrets, beside passwords, tokens, cookies, keys and the like. */
  secretNames?: readonly string[]
  onProblem?: OnProblem
}

/** `pushed`: Redis has it. `waiting`: in memory, and pushed as soon as can be. `dropped`: lost, and counted. */
export type CriticalOutcome = 'pushed' | 'waiting' | 'dropped'

/** Writes audit events to the queue that Gatehouse drains. Nothing here ever throws or rejects. */
export interface AuditLogger {
  /** Takes events; they go to the queue in this order, in the background. */
  log(...events: ProducedEvent[]): void
  /** The same for one that must be stored ahead of all others. Resolves when Redis has it, or at the latest in time. */
  logCritical(event: ProducedEvent): Promise<CriticalOutcome>
  /** Resolves when nothing waits any more, or Redis takes no more for the time being. */
  flush(): Promise<void>
  counters(): ProducerCounters
  /** Pushes what waits, for up to `deadlineMs` (5,000); what is left then is dropped and counted. */
  close(deadlineMs?: number): Promise<ProducerCounters>
}

export const defaultKeys = { queue: 'audit:queue', critical: 'audit:critical', counters: 'audit:counters' }
const owner = 'createAuditLogger'
const defaults = {
  depthLimit: 10_000,
  maxWaiting: 10_000,
  maxWaitingCharacters: 16_777_216,
  timeoutMs: 5_000,
  criticalTimeoutMs: 1_000,
}

/**
 * An audit logger for the watched application.
 * @throws GatehouseError CONFIG_INVALID that names the option
 */
export function createAuditLogger(given: AuditLoggerOptions): AuditLogger {
  const { depthLimit, criticalTimeoutMs, ...bounds } = readNumbers(owner, given, defaults, [
    'redis',
    'keys',
    'secretNames',
    'onProblem',
  ])
  const runner = runnerOf(owner, given.redis)
  const keys = { ...defaultKeys, ...given.keys }
  const secretNames = new Set((given.secretNames ?? []).map((name) => name.toLowerCase()))
  const problems = new Problems('audit logger', given.onProblem)
  const tally = new Tally(runner, keys.counters, bounds.timeoutMs)
  const lane = (queueKey: string, limit: number | null): Lane =>
    new Lane({ runner, tally, problems, queueKey, depthLimit: limit, ...bounds })
  const normal = lane(keys.queue, depthLimit)
  const critical = lane(keys.critical, null)

  const take = (to: Lane, event: ProducedEvent, settled?: LaneItem['settled']): void => {
    tally.logged++
    try {
      const text = textOf(event, secretNames)
      to.add(settled === undefined ? { text } : { text, settled })
    } catch (error) {
      tally.dropped++
      settled?.('dropped')
      problems.report('INVALID_INPUT', `an event cannot be written as JSON and was dropped: ${messageOf(error)}`, error)
    }
    // After what is logged now: all of it goes in one command.
    queueMicrotask(() => to.kick())
  }

  const counters = (): ProducerCounters => tally.counters(normal.waiting + critical.waiting)

  return {
    log(...events) {
      for (const event of events) take(normal, event)
    },
    logCritical: (event) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve('waiting'), criticalTimeoutMs)
        take(critical, event, (outcome) => {
          clearTimeout(timer)
          resolve(outcome)
        })
      }),
    async flush() {
      await Promise.all([critical.flush(), normal.flush()])
    },
    counters,
    async close(deadlineMs = 5_000) {
      const untilMs = performance.now() + deadlineMs
      await Promise.all([critical.close(untilMs), normal.close(untilMs)])
      return counters()
    },
  }
}
