import uPlot from 'uplot'
import { seriesColourOn, type Palette } from '../app/palette.ts'
import { formatClock, type TimeZone } from '../text/format.ts'
import type { TimeWindow } from './chart-data.ts'
import type { ChartSpec } from './chart-spec.ts'
import { drawLabels } from './draw-labels.ts'
import { drawMarks } from './draw-marks.ts'
import { drawStale } from './draw-stale.ts'
import type { SystemMark } from './system-marks.ts'

export interface ChartLook {
  readonly spec: ChartSpec
  readonly palette: Palette
  readonly zone: TimeZone
  readonly width: number
  readonly height: number
}

/** What changes with every sample, read at drawing time so that the chart is not built anew. */
export interface ChartMoment {
  readonly window: TimeWindow
  /** Since when nothing new has come; null while it does. */
  readonly staleFromMs: number | null
  /** What happened to the system meanwhile; numbered from 1. */
  readonly marks: readonly SystemMark[]
}

export const axisFont = '11px "Inter Variable", system-ui, sans-serif'
/** Room at the right for the labels of the lines. */
export const labelPx = 68

/** Charts of this name share it. */
export const crosshair = 'overview'

/** Options of a chart of the strip: no legend (lines carry their names), one crosshair for all. */
export function chartOptions(
  look: ChartLook,
  moment: () => ChartMoment,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const { spec, palette, zone, width, height } = look
  const axis = { stroke: palette.muted, font: axisFont, ticks: { show: false } }
  return {
    width,
    height,
    padding: [8, labelPx, 0, 0],
    // Ticks fall on whole minutes and hours of the reader's clock.
    tzDate: (seconds) =>
      zone === 'utc' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
    legend: { show: false },
    cursor: {
      sync: { key: crosshair, setSeries: false },
      drag: { x: false, y: false },
      y: false,
      points: { size: 6 },
    },
    scales: {
      x: {
        range: () => {
          const { fromMs, toMs } = moment().window
          return [fromMs / 1000, toMs / 1000]
        },
      },
      // From nought, and never flat: a line at nought lies at the bottom.
      y: { range: (_chart, _low, high) => [0, Math.max(1, high) * 1.15] },
    },
    axes: [
      { ...axis, size: 20, gap: 4, space: 48, grid: { show: false }, values: clockLabels(zone) },
      {
        ...axis,
        size: (_chart, ticks) => widthOf(ticks),
        gap: 4,
        space: 28,
        grid: { stroke: palette.line, width: 1 },
        incrs: wholeSteps,
        values: (_chart, ticks) => ticks.map((tick) => spec.format(tick)),
      },
    ],
    series: [
      {},
      ...spec.series.map(({ label, colour, dash }) => ({
        label,
        stroke: seriesColourOn(palette, colour),
        width: 1.5,
        ...(dash === undefined ? {} : { dash: [...dash] }),
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      draw: [
        (chart) => drawStale(chart, palette, moment()),
        (chart) => drawMarks(chart, palette, moment()),
        (chart) => drawLabels(chart, spec.series, palette, axisFont),
      ],
      setCursor: [(chart) => onCursor(chart.cursor.idx ?? null)],
    },
  }
}

const digitPx = 7
const leastAxisPx = 36

/** Room for the words of an axis. */
export const widthOf = (words: readonly string[] | null): number =>
  Math.max(leastAxisPx, ...(words ?? []).map(({ length }) => length * digitPx))

const stepsFrom = (power: number) =>
  Array.from({ length: 10 - power }, (_, at) => [1, 2, 5].map((step) => step * 10 ** (power + at))).flat()

/** Steps between the lines of the grid: half a session is none. */
export const wholeSteps = stepsFrom(0)
/** The same for what has fractions. */
export const fineSteps = stepsFrom(-3)

/** Hours and minutes; seconds where the ticks are closer than a minute. */
const clockLabels =
  (zone: TimeZone) =>
  (_chart: uPlot, ticks: number[], _axis: number, _space: number, stepSeconds: number): string[] =>
    ticks.map((tick) => formatClock(new Date(tick * 1000), zone).slice(0, stepSeconds < 60 ? 8 : 5))
