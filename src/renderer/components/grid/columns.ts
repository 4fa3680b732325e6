import {
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
} from '@tanstack/react-table'
import { useMemo, type ReactNode } from 'react'
import { defaultLayout, type GridLayout } from '../../app/preferences.ts'
import { useStore, type Store } from '../../app/store.ts'

/** A column of a grid: how a row looks in it, and how wide it is (px) until somebody drags it. */
export interface GridColumn<Row> {
  readonly id: string
  readonly title: string
  readonly width: number
  /** Hidden until chosen. */
  readonly extra?: boolean
  readonly align?: 'end'
  readonly cell: (row: Row) => ReactNode
  /** The value by which a search can be narrowed, in the field called like the column; null where this row has none. */
  readonly pivot?: (row: Row) => string | null
}

const features = tableFeatures({
  columnVisibilityFeature,
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
})

/** Rows never enter the table: there may be a million. It keeps the columns, and the grid draws the rows in sight. */
const noRows: Record<string, never>[] = []

/** Columns as a table model whose visibility, order and widths are kept. */
export function useColumns<Row>(columns: readonly GridColumn<Row>[], layout: Store<GridLayout>) {
  const { visibility, order, widths } = useStore(layout)
  const definitions = useMemo<ColumnDef<typeof features, Record<string, never>>[]>(
    () => columns.map(({ id, title, width }) => ({ id, header: title, size: width, minSize: 48, maxSize: 1200 })),
    [columns],
  )
  const columnVisibility = useMemo(() => {
    const extras = columns.filter(({ extra }) => extra === true).map(({ id }) => [id, false] as const)
    return { ...Object.fromEntries(extras), ...visibility }
  }, [columns, visibility])
  return useTable({
    features,
    columns: definitions,
    data: noRows,
    columnResizeMode: 'onChange',
    state: { columnVisibility, columnOrder: [...order], columnSizing: widths },
    onColumnVisibilityChange: (change) =>
      layout.set((now) => ({ ...now, visibility: changed(change, columnVisibility) })),
    onColumnOrderChange: (change) => layout.set((now) => ({ ...now, order: changed(change, [...now.order]) })),
    onColumnSizingChange: (change) => layout.set((now) => ({ ...now, widths: changed(change, { ...now.widths }) })),
  })
}

export type ColumnTable = ReturnType<typeof useColumns>

const changed = <T>(change: T | ((now: T) => T), now: T): T => (change instanceof Function ? change(now) : change)

/** Moves a column one place to the left (-1) or right (1) among all columns, hidden ones included. */
export function moveColumn(table: ColumnTable, id: string, step: -1 | 1): void {
  const ids = table.getAllLeafColumns().map((column) => column.id)
  const at = ids.indexOf(id)
  const to = at + step
  if (at === -1 || to < 0 || to >= ids.length) return
  table.setColumnOrder(ids.toSpliced(at, 1).toSpliced(to, 0, id))
}

export const resetColumns = (layout: Store<GridLayout>) => layout.set(defaultLayout)
