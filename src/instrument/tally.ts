import { randomUUID } from 'node:crypto'
import { countScript } from './push-script.ts'
import type { ScriptRunner } from './redis-client.ts'
import { neighbourOf } from './script.ts'
import { within } from './within.ts'

/** What became of the events of one producer since it was made. */
export interface ProducerCounters {
  /** Events that were taken from the application. */
  logged: number
  /** Events that are in Redis. */
  pushed: number
  /** Events that had to wait because the queue was at its limit; each counts once. */
  overflowed: number
  /** Events that are lost: memory was full, the event could not be written as JSON, or the producer was closed. */
  dropped: number
  /** Events that are in memory now. */
  waiting: number
  /** Commands that Redis refused or did not answer; each is repeated. */
  failures: number
}

/** Counts for one producer, and adds what overflowed and was dropped to the totals that Gatehouse shows. */
export class Tally {
  logged = 0
  pushed = 0
  overflowed = 0
  dropped = 0
  failures = 0
  readonly #runner: ScriptRunner
  readonly #key: string
  readonly #marker: string
  readonly #timeoutMs: number
  #told = { overflowed: 0, dropped: 0 }
  /** An addition on its way, or whose answer was lost: it is repeated as it was. */
  #telling: { number: number; overflowed: number; dropped: number } | null = null
  #number = 0
  #running: Promise<void> | null = null

  constructor(runner: ScriptRunner, key: string, timeoutMs: number) {
    this.#runner = runner
    this.#key = key
    this.#marker = neighbourOf(key, `producer:${randomUUID()}`)
    this.#timeoutMs = timeoutMs
  }

  counters(waiting: number): ProducerCounters {
    const { logged, pushed, overflowed, dropped, failures } = this
    return { logged, pushed, overflowed, dropped, waiting, failures }
  }

  get isTold(): boolean {
    return this.overflowed === this.#told.overflowed && this.dropped === this.#told.dropped
  }

  /**
   * Adds what is new to the totals in Redis, once, however often it takes.
   * @throws whatever Redis or its client throws: call it again then
   */
  tell(): Promise<void> {
    this.#running ??= this.#tellAll().finally(() => (this.#running = null))
    return this.#running
  }

  async #tellAll(): Promise<void> {
    while (!this.isTold) {
      const { overflowed, dropped } = this
      const telling = (this.#telling ??= { number: ++this.#number, overflowed, dropped })
      const additions = [
        ['overflow_events', telling.overflowed - this.#told.overflowed],
        ['dropped_events', telling.dropped - this.#told.dropped],
      ] as const
      const words = additions.filter(([, added]) => added > 0).flatMap(([field, added]) => [field, String(added)])
      const keys = [this.#key, this.#marker]
      await within(this.#runner.run(countScript, keys, [String(telling.number), ...words]), this.#timeoutMs)
      this.#told = { overflowed: telling.overflowed, dropped: telling.dropped }
      this.#telling = null
    }
  }
}
