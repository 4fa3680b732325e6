import type uPlot from 'uplot'
import { seriesColourOn, type Palette } from '../app/palette.ts'
import { formatShort } from '../text/format.ts'
import { axisFont, fineSteps, labelPx, wholeSteps } from './chart-options.ts'
import { drawLabels, type LabelledLine } from './draw-labels.ts'

/** A number on the x axis that is pointed out, and its words. */
export interface CurveMark {
  readonly at: number
  readonly label: string
}

export interface CurveLook {
  readonly lines: readonly LabelledLine[]
  readonly mark: CurveMark | null
  readonly palette: Palette
  readonly width: number
  readonly height: number
}

/** Options of a chart over a number: lines with their names, one mark, whole counts on the y axis. */
export function curveOptions(look: CurveLook, onCursor: (index: number | null) => void): uPlot.Options {
  const { lines, mark, palette, width, height } = look
  const axis = { stroke: palette.muted, font: axisFont, ticks: { show: false } }
  return {
    width,
    height,
    padding: [16, labelPx, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 6 } },
    scales: {
      x: { time: false },
      y: { range: (_chart, _low, high) => [0, Math.max(1, high) * 1.15] },
    },
    axes: [
      {
        ...axis,
        size: 20,
        gap: 4,
        space: 48,
        grid: { show: false },
        incrs: ({ data }) => (data[0].every(Number.isInteger) ? wholeSteps : fineSteps),
        values: (_chart, ticks) => ticks.map(formatShort),
      },
      {
        ...axis,
        size: 44,
        gap: 4,
        space: 28,
        grid: { stroke: palette.line, width: 1 },
        incrs: wholeSteps,
        values: (_chart, ticks) => ticks.map(formatShort),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, colour, dash }) => ({
        label,
        stroke: seriesColourOn(palette, colour),
        width: 1.5,
        ...(dash === undefined ? {} : { dash: [...dash] }),
        points: { show: true, size: 5, fill: seriesColourOn(palette, colour) },
      })),
    ],
    hooks: {
      draw: [
        (chart) => mark !== null && drawMark(chart, mark, palette),
        (chart) => drawLabels(chart, lines, palette, axisFont),
      ],
      setCursor: [(chart) => onCursor(chart.cursor.idx ?? null)],
    },
  }
}

/** A line from top to bottom with its words above. */
function drawMark({ ctx, bbox, valToPos }: uPlot, { at, label }: CurveMark, palette: Palette): void {
  const ratio = devicePixelRatio
  const x = Math.round(valToPos(at, 'x', true))
  if (x < bbox.left || x > bbox.left + bbox.width) return
  ctx.save()
  ctx.strokeStyle = palette.text
  ctx.setLineDash([3 * ratio, 3 * ratio])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.font = axisFont.replace(/^\d+px/, `${11 * ratio}px`)
  ctx.fillStyle = palette.text
  ctx.textAlign = x > bbox.left + bbox.width / 2 ? 'right' : 'left'
  ctx.fillText(label, x, bbox.top - 5 * ratio)
  ctx.restore()
}
