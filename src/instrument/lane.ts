import { randomUUID } from 'node:crypto'
import { backoffMs } from '../shared/backoff.ts'
import { messageOf } from '../shared/errors.ts'
import { Fifo } from './fifo.ts'
import type { Problems } from './problems.ts'
import { pushScript } from './push-script.ts'
import { numbersOf, type ScriptRunner } from './redis-client.ts'
import { neighbourOf } from './script.ts'
import type { Tally } from './tally.ts'
import { within } from './within.ts'

/** What one command carries at most: it stays well under a millisecond in Redis. */
const maxItems = 200
const maxCharacters = 262_144
/** How soon a queue at its limit is asked again. */
const heldRetryMs = 250

export interface LaneItem {
  /** The event as JSON. */
  readonly text: string
  /** Told once, when the event is in Redis or lost. */
  readonly settled?: (outcome: 'pushed' | 'dropped') => void
}

export interface LaneOptions {
  runner: ScriptRunner
  tally: Tally
  problems: Problems
  queueKey: string
  /** Most items that may wait in the queue; null: no limit. */
  depthLimit: number | null
  maxWaiting: number
  maxWaitingCharacters: number
  timeoutMs: number
}

type Pushed = 'on' | 'held' | 'failed'

/**
 * The way of events into one queue: in order, one push at a time, kept in bounded memory until Redis has said that it
 * has them. When memory is full the oldest are dropped, and counted.
 */
export class Lane {
  readonly #options: LaneOptions
  readonly #marker: string
  readonly #waiting = new Fifo<LaneItem>()
  /** Taken for a push. While that push is in doubt they may be in Redis already, so they are repeated as they are. */
  #hand: LaneItem[] = []
  #characters = 0
  #number = 0
  /** How many of those that wait, from the oldest on, were counted as overflow. */
  #overflowed = 0
  #held = false
  #failedInARow = 0
  #flushing: Promise<void> | null = null
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: LaneOptions) {
    this.#options = options
    this.#marker = neighbourOf(options.queueKey, `producer:${randomUUID()}`)
  }

  get waiting(): number {
    return this.#hand.length + this.#waiting.length
  }

  /** Takes an event; it goes to Redis with the next flush. */
  add(item: LaneItem): void {
    if (this.#closed) return this.#drop(item, 'an event came after close() and was dropped')
    const { maxWaiting, maxWaitingCharacters } = this.#options
    this.#waiting.push(item)
    this.#characters += item.text.length
    while (this.waiting > maxWaiting || this.#characters > maxWaitingCharacters) {
      // What is in hand may be in Redis already: it is not for us to drop.
      const oldest = this.#waiting.shift()
      if (oldest === undefined) return
      this.#characters -= oldest.text.length
      if (this.#overflowed > this.#hand.length) this.#overflowed--
      this.#drop(oldest, this.#fullText())
    }
  }

  #drop(item: LaneItem, why: string): void {
    this.#options.tally.dropped++
    item.settled?.('dropped')
    this.#options.problems.report('TOO_LARGE', why)
  }

  #fullText(): string {
    const { maxWaiting, maxWaitingCharacters, queueKey } = this.#options
    return (
      `the oldest event was dropped: ${maxWaiting} events or ${maxWaitingCharacters} characters wait for ${queueKey}. ` +
      'Look at Redis and at what drains the queue, or raise maxWaiting.'
    )
  }

  /** Pushes what waits; at once when nothing is under way and no failure is being waited out. Never rejects. */
  kick(): void {
    if (this.#flushing === null && this.#retry === undefined) void this.flush()
  }

  /** Pushes what waits, and what arrives meanwhile, until nothing waits or Redis takes no more. Never rejects. */
  flush(): Promise<void> {
    this.#flushing ??= this.#pushAll().finally(() => (this.#flushing = null))
    return this.#flushing
  }

  /**
   * Takes nothing any more and pushes what waits, again and again until the deadline; what is left then is dropped.
   * @param deadlineMs by performance.now()
   */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true
    while (this.waiting > 0 || !this.#options.tally.isTold) {
      const leftMs = deadlineMs - performance.now()
      if (leftMs <= 0) break
      await within(this.flush(), leftMs).catch(() => undefined) // The deadline: the loop ends by itself.
      if (this.#retry === undefined) continue
      const pauseMs = Math.min(50, Math.max(0, deadlineMs - performance.now()))
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    clearTimeout(this.#retry)
    this.#dropAll()
    await this.#tell()
    clearTimeout(this.#retry)
  }

  #dropAll(): void {
    const lost = this.waiting
    if (lost === 0) return
    this.#waiting.putBack(this.#hand)
    this.#hand = []
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) item.settled?.('dropped')
    this.#options.tally.dropped += lost
    this.#options.problems.report('TOO_LARGE', `closed: ${lost} events had not reached Redis in time and were dropped`)
  }

  async #pushAll(): Promise<void> {
    clearTimeout(this.#retry)
    this.#retry = undefined
    while (this.waiting > 0) {
      const pushed = await this.#push()
      if (pushed === 'on') continue
      if (pushed === 'held') await this.#tell()
      return this.#retryIn(pushed === 'held' ? heldRetryMs : this.#backoffMs())
    }
    await this.#tell()
  }

  async #push(): Promise<Pushed> {
    const { runner, queueKey, depthLimit, timeoutMs } = this.#options
    if (!runner.ready()) return this.#notConnected()
    if (this.#hand.length === 0) {
      this.#take()
      this.#number++
    }
    const words = [String(this.#number), String(depthLimit ?? -1), ...this.#hand.map(({ text }) => text)]
    try {
      const reply = await within(runner.run(pushScript, [queueKey, this.#marker], words), timeoutMs)
      this.#failedInARow = 0
      return this.#settle(numbersOf(reply)[0] ?? 0)
    } catch (error) {
      return this.#fail(`${queueKey} took no events, ${this.waiting} wait: ${messageOf(error)}`, error)
    }
  }

  #take(): void {
    // A queue at its limit is asked with one event, not with hundreds that it will not take.
    const most = this.#held ? 1 : maxItems
    let characters = 0
    while (this.#hand.length < most) {
      const next = this.#waiting.peek()
      if (next === undefined || (this.#hand.length > 0 && characters + next.text.length > maxCharacters)) return
      characters += next.text.length
      this.#hand.push(next)
      this.#waiting.shift()
    }
  }

  #settle(pushed: number): Pushed {
    const { tally } = this.#options
    const taken = this.#hand.slice(0, pushed)
    const left = this.#hand.slice(pushed)
    this.#hand = []
    this.#waiting.putBack(left)
    tally.pushed += taken.length
    this.#overflowed = Math.max(0, this.#overflowed - taken.length)
    for (const item of taken) {
      this.#characters -= item.text.length
      item.settled?.('pushed')
    }
    this.#held = left.length > 0
    if (!this.#held) return 'on'
    tally.overflowed += this.waiting - this.#overflowed
    this.#overflowed = this.waiting
    this.#options.problems.report(
      'RATE_LIMITED',
      `${this.#options.queueKey} is at its limit of ${this.#options.depthLimit ?? 0}; ${this.waiting} events wait in memory`,
    )
    return 'held'
  }

  /** Told from the second time on: an application that starts logs before its client has connected. */
  #notConnected(): Pushed {
    if (this.#failedInARow > 0) return this.#fail(`Redis is not connected; ${this.waiting} events wait`)
    this.#failedInARow++
    return 'failed'
  }

  #fail(message: string, cause?: unknown): Pushed {
    this.#failedInARow++
    this.#options.tally.failures++
    this.#options.problems.report('REDIS_UNAVAILABLE', message, cause)
    return 'failed'
  }

  async #tell(): Promise<void> {
    const { tally, runner } = this.#options
    if (tally.isTold) return
    try {
      if (!runner.ready()) throw new Error('Redis is not connected')
      await tally.tell()
    } catch (error) {
      this.#fail(`the counters of overflow and drops were not written: ${messageOf(error)}`, error)
      this.#retryIn(this.#backoffMs())
    }
  }

  /** Up to 2 s: what waits is not to wait for long when Redis is back. */
  #backoffMs(): number {
    return backoffMs(Math.min(this.#failedInARow, 4))
  }

  #retryIn(delayMs: number): void {
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      void this.flush()
    }, delayMs).unref()
  }
}
