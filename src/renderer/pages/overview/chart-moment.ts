import type { FeedState } from '../../api/live-feed.ts'
import type { ChartMoment } from '../../charts/chart-options.ts'
import { boundsOf, type TimeRange } from '../../query/time-range.ts'

/** Samples come once a second: later than this the last one is old. */
const lateMs = 4_000

interface Now {
  readonly nowMs: number
  /** Time of the last sample; null before the first. */
  readonly lastMs: number | null
  readonly feed: FeedState
}

/** The window that the charts show, and from when on it is old. A fixed stretch of the past is never old. */
export function chartMoment(range: TimeRange, { nowMs, lastMs, feed }: Now): Omit<ChartMoment, 'marks'> {
  const window = boundsOf(range, nowMs) ?? { fromMs: nowMs - 900_000, toMs: nowMs }
  const isFixed = range.kind === 'between'
  if (isFixed || lastMs === null) return { window, staleFromMs: null }
  const isLate = nowMs - lastMs > lateMs || (feed !== 'live' && feed !== 'waiting')
  // While samples come, the last one is the right edge: clocks of engine and screen need not agree to the second.
  if (!isLate) return { window: { fromMs: window.fromMs + lastMs - window.toMs, toMs: lastMs }, staleFromMs: null }
  return { window, staleFromMs: lastMs }
}
