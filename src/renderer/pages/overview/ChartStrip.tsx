import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useEngine } from '../../api/engine.ts'
import { useLive, useNow } from '../../api/live.ts'
import { pages } from '../../app/pages.ts'
import { usePlace } from '../../app/router.ts'
import { joinSamples } from '../../charts/chart-data.ts'
import { chartSpecs } from '../../charts/chart-spec.ts'
import { Chart } from '../../charts/Chart.tsx'
import { marksWithin } from '../../charts/system-marks.ts'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { anyTime, boundsOf } from '../../query/time-range.ts'
import { chartMoment } from './chart-moment.ts'
import { SystemMarks } from './SystemMarks.tsx'
import { useSystemMarks } from './use-system-marks.ts'
import classes from './Overview.module.css'

/** As many numbers as can be told apart on a chart. */
const mostMarks = 9

/** The charts of one stretch of time, side by side under one crosshair. */
export function ChartStrip() {
  const { queries } = useEngine()
  const range = usePlace().range ?? pages.overview.range ?? anyTime
  const nowMs = useNow()
  const feed = useLive((view) => view.feed)
  const opened = useLive((view) => view.opened)
  const live = useLive((view) => view.samples)
  const lastMs = useLive((view) => view.status?.sample.atMs ?? null)
  // Asked anew when the stream comes back: what was missed meanwhile is the engine's to tell.
  const asked = useMemo(() => ({ opened, bounds: boundsOf(range, Date.now()) }), [range, opened])
  const history = useQuery(
    queries.system.series.queryOptions({
      input: asked.bounds ?? { fromMs: 0, toMs: 0 },
      staleTime: Infinity,
      gcTime: 0,
      placeholderData: (before) => before,
    }),
  )
  const samples = useMemo(() => joinSamples(history.data ?? [], live), [history.data, live])
  const marks = useSystemMarks(samples, range)
  const moment = useMemo(() => {
    const { window, staleFromMs } = chartMoment(range, { nowMs, lastMs, feed })
    return { window, staleFromMs, ...marksWithin(marks, window, mostMarks) }
  }, [range, nowMs, lastMs, feed, marks])
  return (
    <>
      {history.error !== null && <ErrorNote error={history.error} onRetry={() => void history.refetch()} />}
      <div className={classes.strip}>
        {chartSpecs.map((spec) => (
          <Chart key={spec.id} spec={spec} samples={samples} moment={moment} />
        ))}
      </div>
      <SystemMarks marks={moment.marks} total={moment.total} />
    </>
  )
}
