import { ActionIcon, Tooltip } from '@mantine/core'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import uPlot from 'uplot'
import { usePalette } from '../app/use-palette.ts'
import { Icon } from '../components/Icon.tsx'
import { formatNumber } from '../text/format.ts'
import { cursorAfterKey } from './chart-data.ts'
import { curveOptions, type CurveMark } from './curve-options.ts'
import { CurveTable } from './CurveTable.tsx'
import type { LabelledLine } from './draw-labels.ts'
import classes from './Chart.module.css'

export interface CurveChartProps {
  readonly title: string
  /** What the numbers of the x axis are. */
  readonly over: string
  /** Rising. */
  readonly x: readonly number[]
  /** Its values have the length of `x`. Not made anew with every drawing: the chart is built for them. */
  readonly lines: readonly (LabelledLine & { readonly values: readonly number[] })[]
  readonly mark: CurveMark | null
}

const plotPx = 180

/** Lines over a number, with a cursor of the keyboard, and all of it as a table. */
export function CurveChart({ title, over, x, lines, mark }: CurveChartProps) {
  const heading = useId()
  const [isTable, setTable] = useState(false)
  const { box, cursor, setCursor } = useCurve(x, lines, mark)
  const nearest = mark === null ? 0 : nearestTo(x, mark.at)
  const at = cursor ?? nearest
  const words = lines.map(({ label, values }) => `${formatNumber(values[at] ?? 0)} ${label}`)
  const where = `${over} ${formatNumber(x[at] ?? 0)}`

  const onKeyDown = (event: KeyboardEvent) => {
    const next = cursorAfterKey(event.key, at, x.length)
    if (next === null) return
    event.preventDefault()
    setCursor(next)
  }
  return (
    <section className={classes.chart} aria-labelledby={heading}>
      <header className={classes.header}>
        <h2 id={heading}>{title}</h2>
        <Tooltip label="As a table">
          <ActionIcon
            size={22}
            aria-label={`${title} as a table`}
            aria-pressed={isTable}
            onClick={() => setTable(!isTable)}
          >
            <Icon name="table" size={14} />
          </ActionIcon>
        </Tooltip>
      </header>
      <p className={classes.values}>
        {lines.map(({ label, values }) => (
          <span key={label}>
            <strong>{formatNumber(values[at] ?? 0)}</strong> {label}
          </span>
        ))}
        <span className={classes.time}>{where}</span>
      </p>
      <div
        ref={box}
        className={classes.plot}
        style={{ height: plotPx }}
        role="slider"
        aria-label={`${title}: ${over}`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, x.length - 1)}
        aria-valuenow={at}
        aria-valuetext={[where, ...words].join(', ')}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
      />
      {isTable && <CurveTable title={title} over={over} x={x} lines={lines} />}
    </section>
  )
}

const nearestTo = (x: readonly number[], wanted: number): number =>
  x.reduce((best, value, at) => (Math.abs(value - wanted) < Math.abs((x[best] ?? Infinity) - wanted) ? at : best), 0)

/** The chart in its box, as wide as that is. */
function useCurve(x: CurveChartProps['x'], lines: CurveChartProps['lines'], mark: CurveMark | null) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const [width, setWidth] = useState(0)
  const [cursor, onCursor] = useState<number | null>(null)
  const palette = usePalette()

  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    if (box.current === null || width === 0) return undefined
    const data: uPlot.AlignedData = [[...x], ...lines.map(({ values }) => [...values])]
    const plot = new uPlot(curveOptions({ lines, mark, palette, width, height: plotPx }, onCursor), data, box.current)
    chart.current = plot
    return () => {
      chart.current = null
      plot.destroy()
    }
  }, [x, lines, mark, palette, width])

  const setCursor = (index: number | null) => {
    const value = index === null ? undefined : x[index]
    const left = value === undefined ? -10 : (chart.current?.valToPos(value, 'x') ?? -10)
    chart.current?.setCursor({ left, top: 0 })
  }
  return { box, cursor, setCursor }
}
