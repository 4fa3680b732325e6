import type { AuditEvent } from '../../../shared/model/event.ts'

export interface Rates {
  readonly loginsPerSecond: number
  readonly failuresPerSecond: number
  readonly storedPerSecond: number
}

/**
 * A login that happened longer ago than this is no login of now: while a backlog is stored, its logins would draw a surge
 * that never was. What is stored a second counts all.
 */
const presentMs = 60_000

/** Counts stored events, and turns the counts into rates over the time that really passed. */
export class RateCounter {
  #logins = 0
  #failures = 0
  #stored = 0
  #sinceMs: number

  /** `nowMs` by a clock that is never set back. */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  /** `wallMs` is the time of day, which the events' own times are compared with. */
  add(events: readonly Pick<AuditEvent, 'type' | 'createdAt'>[], wallMs: number): void {
    this.#stored += events.length
    for (const { type, createdAt } of events) {
      if (createdAt.getTime() < wallMs - presentMs) continue
      if (type === 'login') this.#logins++
      else if (type === 'failed_login') this.#failures++
    }
  }

  /** The rates since the last call, which starts the next stretch; null if no time passed. */
  take(nowMs: number): Rates | null {
    const seconds = (nowMs - this.#sinceMs) / 1_000
    if (seconds <= 0) return null
    const rates = {
      loginsPerSecond: this.#logins / seconds,
      failuresPerSecond: this.#failures / seconds,
      storedPerSecond: this.#stored / seconds,
    }
    this.#logins = this.#failures = this.#stored = 0
    this.#sinceMs = nowMs
    return rates
  }
}
