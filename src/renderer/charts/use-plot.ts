import { useEffect, useRef, useState, type RefObject } from 'react'
import uPlot from 'uplot'
import { preferences } from '../app/preferences.ts'
import { useStore } from '../app/store.ts'
import { usePalette } from '../app/use-palette.ts'
import type { ChartColumns } from './chart-data.ts'
import { chartOptions, crosshair, type ChartMoment } from './chart-options.ts'
import type { ChartSpec } from './chart-spec.ts'

/** Charts are drawn at most this often. */
const redrawMs = 100

interface Plot {
  readonly box: RefObject<HTMLDivElement | null>
  /** Index of the point under the crosshair. */
  readonly cursor: number | null
  /** Moves the crosshair of all charts to a point. */
  readonly setCursor: (index: number | null) => void
}

/** A uPlot chart that fills its box; `columns` and `moment` are drawn as they come, within measure. */
export function usePlot(spec: ChartSpec, columns: ChartColumns, moment: ChartMoment, height: number): Plot {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const latest = useRef({ columns, moment })
  const [width, setWidth] = useState(0)
  const [cursor, onCursor] = useState<number | null>(null)
  const palette = usePalette()
  const zone = useStore(preferences.timeZone)

  // Before the effects that draw: they read it.
  useEffect(() => {
    latest.current = { columns, moment }
  }, [columns, moment])

  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    if (box.current === null || width === 0) return undefined
    const options = chartOptions({ spec, palette, zone, width, height }, () => latest.current.moment, onCursor)
    const plot = new uPlot(options, latest.current.columns, box.current)
    chart.current = plot
    return () => {
      chart.current = null
      plot.destroy()
    }
  }, [spec, palette, zone, width, height])

  // The keyboard's crosshair stays at its moment while the chart moves on below it; a pointer takes it over.
  const held = useRef<number | null>(null)
  useEffect(() => {
    const element = box.current
    const release = () => {
      held.current = null
    }
    element?.addEventListener('pointermove', release)
    return () => element?.removeEventListener('pointermove', release)
  }, [])

  const drawnAtMs = useRef(0)
  useEffect(() => {
    const wait = Math.max(0, drawnAtMs.current + redrawMs - performance.now())
    const timer = setTimeout(() => {
      drawnAtMs.current = performance.now()
      chart.current?.setData(columns)
      if (held.current !== null) pointAll(held.current)
    }, wait)
    return () => clearTimeout(timer)
  }, [columns, moment])

  const setCursor = (index: number | null) => {
    held.current = index === null ? null : (chart.current?.data[0][index] ?? null)
    pointAll(held.current)
  }
  return { box, cursor, setCursor }
}

/** Puts the crosshair of every chart at a moment; left of everything hides it. A pointer's moves uPlot shares by itself. */
function pointAll(x: number | null): void {
  for (const plot of uPlot.sync(crosshair).plots) {
    plot.setCursor({ left: x === null ? -10 : plot.valToPos(x, 'x'), top: 0 })
  }
}
