import type uPlot from 'uplot'
import { seriesColourOn, type Palette } from '../app/palette.ts'
import { lastPoint, spreadLabels } from './chart-data.ts'

const linePx = 13
const keyPx = 12

/** A line of a chart: what it is called, and how it is drawn. */
export interface LabelledLine {
  readonly label: string
  readonly colour: string
  /** The second cue beside the colour, in px on and off; none for a full line. */
  readonly dash?: readonly number[]
}

/** Writes the name of each line at its end, with a piece of the line before it. */
export function drawLabels(chart: uPlot, lines: readonly LabelledLine[], palette: Palette, font: string): void {
  const { ctx, bbox, data } = chart
  const ratio = devicePixelRatio
  const ends = lines.flatMap((series, at) => {
    const point = lastPoint(data[0], data[at + 1] ?? [])
    return point === null ? [] : [{ series, y: chart.valToPos(point.y, 'y', true) - bbox.top }]
  })
  const height = linePx * ratio
  const places = spreadLabels(
    ends.map(({ y }) => y - height / 2),
    height,
    bbox.height,
  )
  ctx.save()
  ctx.font = font.replace(/^\d+px/, `${11 * ratio}px`)
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ends.forEach(({ series }, at) => {
    const y = bbox.top + (places[at] ?? 0) + height / 2
    const left = bbox.left + bbox.width + 5 * ratio
    ctx.strokeStyle = seriesColourOn(palette, series.colour)
    ctx.lineWidth = 2 * ratio
    ctx.setLineDash((series.dash ?? []).map((length) => (length / 1.6) * ratio))
    ctx.beginPath()
    ctx.moveTo(left, y)
    ctx.lineTo(left + keyPx * ratio, y)
    ctx.stroke()
    ctx.fillStyle = palette.text
    ctx.fillText(series.label, left + (keyPx + 4) * ratio, y)
  })
  ctx.restore()
}
