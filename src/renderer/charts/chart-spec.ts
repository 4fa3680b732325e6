import { seriesColours } from '../app/palette.ts'
import { formatLatency, formatRate, formatShort } from '../text/format.ts'
import type { SampleKey } from './chart-data.ts'
import type { LabelledLine } from './draw-labels.ts'

export interface SeriesSpec extends LabelledLine {
  readonly key: SampleKey
}

export interface ChartSpec {
  readonly id: string
  readonly title: string
  readonly series: readonly SeriesSpec[]
  readonly format: (value: number) => string
}

/** The charts of the strip. */
export const chartSpecs: readonly ChartSpec[] = [
  {
    id: 'sessions',
    title: 'Active sessions',
    series: [{ key: 'activeSessions', label: 'active', colour: seriesColours.sky }],
    format: formatShort,
  },
  {
    id: 'logins',
    title: 'Log-ins and failures a second',
    series: [
      { key: 'loginsPerSecond', label: 'log-ins', colour: seriesColours.green },
      { key: 'failuresPerSecond', label: 'failures', colour: seriesColours.orange, dash: [5, 3] },
    ],
    format: formatRate,
  },
  {
    id: 'queue',
    title: 'Queue depth',
    series: [{ key: 'queueDepth', label: 'waiting', colour: seriesColours.purple }],
    format: formatShort,
  },
  {
    id: 'stored',
    title: 'Stored a second',
    series: [{ key: 'storedPerSecond', label: 'events', colour: seriesColours.green }],
    format: formatRate,
  },
  {
    id: 'redis',
    title: 'Redis latency',
    series: [{ key: 'redisLatencyMs', label: 'PING', colour: seriesColours.sky }],
    format: formatLatency,
  },
]
