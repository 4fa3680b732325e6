import type { RedisKey } from '../../../shared/model/ids.ts'
import { SecondCounter } from './second-counter.ts'

/** Since the engine started. */
export interface HintCounters {
  /** Keys that Redis named. */
  received: number
  /** Thrown away because too many waited: a reconcile found what they would have told. */
  dropped: number
  /** Changes that a reconcile found although their hints should have come. */
  missed: number
}

/**
 * The keys that Redis names as touched and that wait to be read, each once however often it is named. Whoever cannot be
 * sure that every hint came calls lose(): then only a reconcile tells what changed.
 */
export class Hints {
  readonly counters: HintCounters = { received: 0, dropped: 0, missed: 0 }
  readonly #limit: number
  readonly #onWork: () => void
  readonly #rate = new SecondCounter()
  #waiting = new Set<RedisKey>()
  /** Are being read and written. */
  readonly #taken = new Set<RedisKey>()
  /** All that were named since the reconcile under way began; null without one. */
  #named: Set<RedisKey> | null = null
  #loss: string | null = null
  #lostMs = -Infinity
  #losses = 0
  /** How many losses there had been when the reconcile under way, and when the last complete one, began. */
  #lossesAtBegin = 0
  #lossesAtLast: number | null = null

  /** @param onWork called when a key waits and none did, and at each loss */
  constructor(limit: number, onWork: () => void) {
    this.#limit = limit
    this.#onWork = onWork
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Why a reconcile must be complete before hints are of use again; null: it need not. */
  get loss(): string | null {
    return this.#loss
  }

  /** The time (performance.now) of the last loss. */
  get lostMs(): number {
    return this.#lostMs
  }

  perSecond(nowMs: number): number {
    return this.#rate.lastSecond(nowMs)
  }

  /** Keys that Redis named. */
  receive(keys: readonly RedisKey[]): void {
    this.counters.received += keys.length
    this.#rate.add(keys.length, performance.now())
    this.add(keys)
  }

  /** Has keys read for the mirror's own reasons. */
  add(keys: Iterable<RedisKey>): void {
    const before = this.#waiting.size
    const isDueToScan = this.#loss !== null && (this.#named === null || this.#losses !== this.#lossesAtBegin)
    for (const key of keys) {
      this.#named?.add(key)
      // Else the reconcile that must come reads it.
      if (!isDueToScan) this.#waiting.add(key)
    }
    if (this.#waiting.size > this.#limit) {
      this.counters.dropped += this.#waiting.size
      this.lose(`more than ${this.#limit} hints waited`)
    } else if (before === 0 && this.#waiting.size > 0) this.#onWork()
  }

  lose(reason: string): void {
    this.#losses++
    this.#loss = reason
    this.#lostMs = performance.now()
    this.#waiting.clear()
    this.#taken.clear()
    this.#onWork()
  }

  /** The first of those that wait, `most` at most. They are settled by done(), or by putBack() if that failed. */
  take(most: number): RedisKey[] {
    const keys: RedisKey[] = []
    for (const key of this.#waiting) {
      if (keys.length === most) break
      keys.push(key)
    }
    for (const key of keys) {
      this.#waiting.delete(key)
      this.#taken.add(key)
    }
    return keys
  }

  done(keys: readonly RedisKey[]): void {
    for (const key of keys) this.#taken.delete(key)
  }

  /** Has all that were taken and are not done wait again. */
  putBack(): void {
    const taken = [...this.#taken]
    this.#taken.clear()
    this.add(taken)
  }

  /** `keep`: those that wait are read while the scan goes on. Else it is the scan that reads them. */
  beginReconcile(keep: boolean): void {
    this.#lossesAtBegin = this.#losses
    this.#named = new Set(this.#waiting)
    if (!keep) this.#waiting.clear()
  }

  /**
   * @param found keys whose change the scan found; every hint of a change before its end must have been received
   * @returns those of them that Redis should have named and did not
   */
  completeReconcile(found: readonly RedisKey[]): RedisKey[] {
    const unbroken = this.#lossesAtLast === this.#losses
    const named = this.#named
    const missed = unbroken ? found.filter((key) => named?.has(key) === false) : []
    this.counters.missed += missed.length
    this.#lossesAtLast = this.#lossesAtBegin
    this.#named = null
    if (this.#losses === this.#lossesAtBegin) this.#loss = null
    return missed
  }

  /** It stopped half-way: what it had not read, nobody has. */
  abandonReconcile(): void {
    this.#named = null
    this.lose('a reconcile failed')
  }
}
