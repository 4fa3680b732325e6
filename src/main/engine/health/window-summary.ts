import { Summary, type SummaryConfiguration } from 'prom-client'
import type { LatencyWindow } from './latency-window.ts'

/**
 * A summary in seconds of a window that the engine keeps anyway, because the screen shows the same numbers. The library's
 * own would say 0 where nothing was measured; here that is NaN, as the format has it.
 */
export class WindowSummary extends Summary {
  readonly #window: LatencyWindow

  constructor(configuration: SummaryConfiguration<string>, window: LatencyWindow) {
    super(configuration)
    this.#window = window
  }

  override async get() {
    const blank = await super.get()
    const { count, sumMs } = this.#window
    const quantiles = this.#window.quantiles()
    const quantile = (label: number, ms: number | undefined) => ({
      labels: { quantile: label },
      value: ms === undefined ? Number.NaN : ms / 1_000,
    })
    return {
      ...blank,
      values: [
        quantile(0.5, quantiles?.p50Ms),
        quantile(0.95, quantiles?.p95Ms),
        quantile(0.99, quantiles?.p99Ms),
        { metricName: `${blank.name}_sum`, labels: {}, value: sumMs / 1_000 },
        { metricName: `${blank.name}_count`, labels: {}, value: count },
      ],
    }
  }
}
