import type uPlot from 'uplot'
import type { Palette } from '../app/palette.ts'
import { formatDuration } from '../text/format.ts'
import type { ChartMoment } from './chart-options.ts'

const hatchPx = 7

/** Hatches the stretch from which on nothing new has come, and writes its length into it. */
export function drawStale(chart: uPlot, palette: Palette, { staleFromMs, window }: ChartMoment): void {
  if (staleFromMs === null) return
  const { ctx, bbox } = chart
  const left = Math.max(bbox.left, chart.valToPos(staleFromMs / 1000, 'x', true))
  const right = bbox.left + bbox.width
  if (right - left < 2) return
  const ratio = devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, bbox.top, right - left, bbox.height)
  ctx.clip()
  ctx.strokeStyle = palette.muted
  ctx.globalAlpha = 0.45
  ctx.lineWidth = ratio
  ctx.beginPath()
  for (let x = left - bbox.height; x < right; x += hatchPx * ratio) {
    ctx.moveTo(x, bbox.top + bbox.height)
    ctx.lineTo(x + bbox.height, bbox.top)
  }
  ctx.stroke()
  ctx.globalAlpha = 1
  const words = `${formatDuration(window.toMs - staleFromMs)} old`
  ctx.font = `${11 * ratio}px "Inter Variable", system-ui, sans-serif`
  const width = ctx.measureText(words).width
  if (width + 8 * ratio < right - left) {
    const middle = (left + right) / 2
    ctx.fillStyle = palette.background
    ctx.fillRect(middle - width / 2 - 4 * ratio, bbox.top + 4 * ratio, width + 8 * ratio, 16 * ratio)
    ctx.fillStyle = palette.text
    ctx.textAlign = 'center'
    ctx.textBaseline = 'middle'
    ctx.fillText(words, middle, bbox.top + 12 * ratio)
  }
  ctx.restore()
}
