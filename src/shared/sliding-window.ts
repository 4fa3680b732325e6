/**
 * Lets at most `limit` events through in any span of `windowMs`. Keeps the time of each of the last `limit` events, so the
 * count is exact at every moment, unlike fixed windows, which let twice the limit through around their edge.
 */
export class SlidingWindow {
  readonly #windowMs: number
  readonly #times: Float64Array
  #next = 0

  constructor(limit: number, windowMs: number) {
    this.#windowMs = windowMs
    this.#times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  }

  /** Milliseconds until there is room again; 0 if there is room now. `nowMs` must come from a clock that never steps back. */
  waitMs(nowMs = performance.now()): number {
    const oldest = this.#times[this.#next] ?? Number.NEGATIVE_INFINITY
    return Math.max(0, oldest + this.#windowMs - nowMs)
  }

  /** Counts one event, whether or not there was room for it. */
  add(nowMs = performance.now()): void {
    this.#times[this.#next] = nowMs
    this.#next = (this.#next + 1) % this.#times.length
  }

  /** Counts one event if there is room for it. */
  tryAdd(nowMs = performance.now()): boolean {
    if (this.waitMs(nowMs) > 0) return false
    this.add(nowMs)
    return true
  }
}
