import type { Latency } from '../../../shared/model/health.ts'

const windowMs = 60_000

/**
 * Durations of the last minute, the newest `maxSamples` of them, and the sum of all since the start. Quantiles are exact
 * for what is kept: nearest rank.
 */
export class LatencyWindow {
  readonly #durationsMs: Float64Array
  readonly #atMs: Float64Array
  #next = 0
  count = 0
  sumMs = 0

  constructor(maxSamples = 2_048) {
    this.#durationsMs = new Float64Array(maxSamples)
    this.#atMs = new Float64Array(maxSamples).fill(Number.NEGATIVE_INFINITY)
  }

  /** `nowMs` by a clock that is never set back. */
  add(durationMs: number, nowMs = performance.now()): void {
    this.#durationsMs[this.#next] = durationMs
    this.#atMs[this.#next] = nowMs
    this.#next = (this.#next + 1) % this.#atMs.length
    this.count++
    this.sumMs += durationMs
  }

  /** null if there was nothing in the last minute. */
  quantiles(nowMs = performance.now()): Latency | null {
    const sorted = this.#recent(nowMs).toSorted()
    if (sorted.length === 0) return null
    const at = (quantile: number) => sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0
    return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), samples: sorted.length }
  }

  /** Over the last minute; null if there was nothing. */
  meanMs(nowMs = performance.now()): number | null {
    const recent = this.#recent(nowMs)
    return recent.length === 0 ? null : recent.reduce((sum, durationMs) => sum + durationMs, 0) / recent.length
  }

  #recent(nowMs: number): Float64Array {
    return this.#durationsMs.filter((_, slot) => (this.#atMs[slot] ?? 0) > nowMs - windowMs)
  }
}
