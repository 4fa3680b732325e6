import { randomUUID } from 'node:crypto'
import { messageOf } from '../shared/errors.ts'
import { activityScript, maxSessionBytes } from './activity-script.ts'
import type { Problems } from './problems.ts'
import { numbersOf, type ScriptRunner } from './redis-client.ts'
import { neighbourOf } from './script.ts'
import { within } from './within.ts'

export interface ActivityCounters {
  /** Calls that were recorded. */
  recorded: number
  /** Calls that are in Redis, in `api_call_count` of their session. */
  written: number
  /** Calls of sessions that were gone, or are none that can be read. */
  unwritten: number
  /** Calls that are lost: memory was full, or Redis away at the end. */
  dropped: number
  /** Calls that are in memory now. */
  waiting: number
  /** Commands that Redis refused or did not answer; each is repeated. */
  failures: number
}

export interface ActivityWriterOptions {
  runner: ScriptRunner
  problems: Problems
  prefix: string
  intervalMs: number
  maxSessions: number
  timeoutMs: number
}

interface Calls {
  calls: number
  lastMs: number
}

/** Sessions that are written together, under a number: a write whose answer was lost is repeated as it was. */
interface Frame {
  number: number
  marker: string
  sessions: [key: string, calls: Calls][]
}

/** Sessions of one command, which stays under a millisecond in Redis. The next follows its answer. */
const sessionsAtOnce = 25
/** Commands under way at once on a Cluster, where each session has a slot, and so a command, of its own. */
const clusterWidth = 50
/** Gathers calls by session and writes them now and then, each once. */
export class ActivityWriter {
  readonly #options: ActivityWriterOptions
  readonly #timer: NodeJS.Timeout
  readonly #instance = randomUUID()
  readonly #counters = { recorded: 0, written: 0, unwritten: 0, dropped: 0, failures: 0 }
  readonly #waiting = new Map<string, Calls>()
  /** Writes on their way, or whose answers were lost. */
  #inDoubt: Frame[] = []
  #number = 0
  #flushing: Promise<void> | null = null
  #closed = false

  constructor(options: ActivityWriterOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.flush(), options.intervalMs).unref()
  }

  record(source: string | (() => string | null | undefined)): void {
    try {
      const sessionId = typeof source === 'function' ? source() : source
      if (sessionId != null && sessionId !== '') this.#count(this.#options.prefix + sessionId)
    } catch (error) {
      const message = `a request's session could not be told, it is not counted: ${messageOf(error)}`
      this.#options.problems.report('INVALID_INPUT', message, error)
    }
  }

  #count(key: string): void {
    const { maxSessions, problems } = this.#options
    this.#counters.recorded++
    const known = this.#waiting.get(key)
    if (this.#closed || (known === undefined && this.#sessionsWaiting() >= maxSessions)) {
      this.#counters.dropped++
      const why = this.#closed ? 'it came after close()' : `${maxSessions} sessions wait for Redis`
      problems.report('TOO_LARGE', `a call was not counted: ${why}`)
    } else if (known === undefined) {
      this.#waiting.set(key, { calls: 1, lastMs: Date.now() })
    } else {
      known.calls++
      known.lastMs = Date.now()
    }
  }

  #sessionsWaiting(): number {
    return this.#inDoubt.reduce((sum, frame) => sum + frame.sessions.length, this.#waiting.size)
  }

  flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => (this.#flushing = null))
    return this.#flushing
  }

  counters(): ActivityCounters {
    const doubted = this.#inDoubt.flatMap(({ sessions }) => sessions.map(([, { calls }]) => calls))
    const waiting = [...this.#waiting.values()].map(({ calls }) => calls)
    return { ...this.#counters, waiting: [...doubted, ...waiting].reduce((sum, calls) => sum + calls, 0) }
  }

  async close(deadlineMs = 5_000): Promise<ActivityCounters> {
    clearInterval(this.#timer)
    this.#closed = true
    const untilMs = performance.now() + deadlineMs
    while (this.#sessionsWaiting() > 0 && performance.now() < untilMs) {
      await within(this.flush(), Math.max(1, untilMs - performance.now())).catch(() => undefined) // The loop ends then.
      if (this.#sessionsWaiting() > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const lost = this.counters().waiting
    if (lost > 0) {
      this.#counters.dropped += lost
      this.#waiting.clear()
      this.#inDoubt = []
      this.#options.problems.report('TOO_LARGE', `closed: ${lost} calls had not reached Redis in time and were dropped`)
    }
    return this.counters()
  }

  async #writeAll(): Promise<void> {
    if (this.#sessionsWaiting() === 0) return
    if (!this.#options.runner.ready()) return this.#fail('Redis is not connected')
    // Repeated one by one and first: a later number would make them look done.
    for (const frame of this.#inDoubt.slice()) if (!(await this.#write(frame))) return
    const atOnce = this.#options.runner.cluster ? clusterWidth : sessionsAtOnce
    // What is recorded meanwhile comes behind, and waits for the next flush.
    for (let left = this.#waiting.size; left > 0; left -= atOnce) {
      const frames = this.#takeFrames(Math.min(left, atOnce))
      this.#inDoubt.push(...frames)
      const written = await Promise.all(frames.map((frame) => this.#write(frame)))
      if (!written.every(Boolean)) return
    }
  }

  /** One for all of the sessions, on a Cluster one for each. */
  #takeFrames(sessions: number): Frame[] {
    const taken: Frame['sessions'] = []
    for (const entry of this.#waiting) {
      taken.push(entry)
      this.#waiting.delete(entry[0])
      if (taken.length === sessions) break
    }
    const marker = (near: string): string => neighbourOf(near, `activity:${this.#instance}`)
    if (!this.#options.runner.cluster) return [{ number: ++this.#number, marker: marker('gatehouse'), sessions: taken }]
    return taken.map((entry) => ({ number: ++this.#number, marker: marker(entry[0]), sessions: [entry] }))
  }

  async #write(frame: Frame): Promise<boolean> {
    const { number, marker, sessions } = frame
    // On a Cluster there is a marker a session, which is not to stay for long.
    const markerTtlMs = this.#options.runner.cluster ? 60_000 : 3_600_000
    const words = sessions.flatMap(([, { calls, lastMs }]) => [
      String(calls),
      String(lastMs),
      new Date(lastMs).toISOString(),
    ])
    const keys = [marker, ...sessions.map(([key]) => key)]
    try {
      const command = this.#options.runner.run(activityScript, keys, [String(number), String(markerTtlMs), ...words])
      this.#settle(frame, numbersOf(await within(command, this.#options.timeoutMs)))
      return true
    } catch (error) {
      this.#fail(messageOf(error), error)
      return false
    }
  }

  #settle(frame: Frame, outcomes: readonly number[]): void {
    this.#inDoubt = this.#inDoubt.filter((other) => other !== frame)
    for (const [at, [, { calls }]] of frame.sessions.entries()) {
      // Done before, by the write whose answer was lost.
      const outcome = outcomes[at] ?? 1
      this.#counters[outcome === 1 ? 'written' : 'unwritten'] += calls
      if (outcome >= 0) continue
      const why = outcome === -2 ? `is longer than ${maxSessionBytes} bytes` : 'is neither a hash nor a JSON object'
      this.#options.problems.report(
        'INVALID_INPUT',
        `a session under "${this.#options.prefix}" ${why}: its activity is not written`,
      )
    }
  }

  #fail(what: string, cause?: unknown): void {
    this.#counters.failures++
    const sessions = this.#sessionsWaiting()
    this.#options.problems.report(
      'REDIS_UNAVAILABLE',
      `the activity of ${sessions} sessions was not written yet: ${what}`,
      cause,
    )
  }
}
