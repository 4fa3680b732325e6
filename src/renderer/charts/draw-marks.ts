import type uPlot from 'uplot'
import type { Palette } from '../app/palette.ts'
import type { ChartMoment } from './chart-options.ts'

const numberPx = 10

/** A dashed line at each mark with its number above, and a bar as long as what lasted: the list below has the words. */
export function drawMarks({ ctx, bbox, valToPos }: uPlot, palette: Palette, { marks }: ChartMoment): void {
  const ratio = devicePixelRatio
  const right = bbox.left + bbox.width
  const placeOf = (ms: number) => Math.round(Math.min(right, Math.max(bbox.left, valToPos(ms / 1000, 'x', true))))
  ctx.save()
  ctx.font = `${11 * ratio}px "Inter Variable", system-ui, sans-serif`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'top'
  let free = 0
  marks.forEach(({ fromMs, toMs }, at) => {
    const from = placeOf(fromMs)
    ctx.strokeStyle = palette.warning
    ctx.lineWidth = ratio
    ctx.setLineDash([2 * ratio, 3 * ratio])
    ctx.beginPath()
    ctx.moveTo(from, bbox.top)
    ctx.lineTo(from, bbox.top + bbox.height)
    ctx.stroke()
    if (toMs !== null) {
      ctx.fillStyle = palette.warning
      ctx.fillRect(from, bbox.top, Math.max(2 * ratio, placeOf(toMs) - from), 3 * ratio)
    }
    const label = Math.min(from + 3 * ratio, right - 12 * ratio)
    // One number over another is none: the list has those in between.
    if (label < free) return
    ctx.fillStyle = palette.text
    ctx.fillText(String(at + 1), label, bbox.top + 4 * ratio)
    free = label + numberPx * ratio
  })
  ctx.restore()
}
