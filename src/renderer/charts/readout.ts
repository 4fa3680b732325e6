import { lastPoint, type ChartColumns } from './chart-data.ts'
import type { ChartSpec } from './chart-spec.ts'

/** The values of a chart in words: at the crosshair, or the last that were measured. */
export function readout(
  { series, format }: ChartSpec,
  [x, ...columns]: ChartColumns,
  cursor: number | null,
): { label: string; text: string }[] {
  return series.map(({ label }, at) => {
    const column = columns[at] ?? []
    const value = cursor === null ? (lastPoint(x, column)?.y ?? null) : (column[cursor] ?? null)
    return { label, text: value === null ? 'not measured' : format(value) }
  })
}
