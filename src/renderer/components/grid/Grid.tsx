import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import { preferences, rowHeights, type GridLayout } from '../../app/preferences.ts'
import { moveTo, usePlace } from '../../app/router.ts'
import { useStore, type Store } from '../../app/store.ts'
import { CellMenu, type CellMenuState } from './CellMenu.tsx'
import { useColumns, type GridColumn } from './columns.ts'
import { GridHeader } from './GridHeader.tsx'
import { GridRow } from './GridRow.tsx'
import { stepOf } from './keys.ts'
import { useSelecting, type RowSelection } from './selection.ts'
import { useCursor } from './use-cursor.ts'
import { useGridScroll } from './use-grid-scroll.ts'
import { elementPx, rowsInSight } from './window.ts'
import classes from './Grid.module.css'

/** Rows by index, wherever they come from. */
export interface RowSource<Row> {
  /** Rows to make room for: those that are known, and some more while there may be more. */
  readonly count: number
  /** The whole number, or null while nobody knows it. */
  readonly total: number | null
  rowAt(index: number): Row | undefined
  want(from: number, to: number): void
}

export interface GridProps<Row> {
  readonly label: string
  readonly columns: readonly GridColumn<Row>[]
  readonly layout: Store<GridLayout>
  readonly source: RowSource<Row>
  readonly idOf: (row: Row) => string
  readonly onScrolled?: (away: boolean) => void
  readonly onPoint?: () => void
  /** Where several rows can be chosen: `x`, Shift with the keys that move, or their boxes. */
  readonly selection?: RowSelection
  /** Hears which row is under the keyboard. */
  readonly onCursor?: (row: Row | undefined) => void
  /** Stands in for the rows while there are none. */
  readonly empty: ReactNode
}

const headerPx = 28
/** Without any movement for so long the scrolling is over: setting the thumb sooner would cut a wheel's glide short. */
const restMs = 400

/** A grid of any number of rows of one height: it draws those in sight, knows the keyboard, and opens rows in the address. */
export function Grid<Row>(props: GridProps<Row>) {
  const { source, columns, idOf, onScrolled } = props
  const { row: openId } = usePlace()
  const [cursor, setCursor] = useCursor(source, idOf, props.onCursor)
  const { selection } = props
  const selecting = useSelecting(source, idOf, selection)
  const scroller = useRef<HTMLDivElement>(null)
  const prefix = useId()
  const rowPx = rowHeights[useStore(preferences.density)]
  const table = useColumns(columns, props.layout)
  const { geometry, state, onScroll, onRest, reveal } = useGridScroll(scroller, {
    rowCount: source.count,
    rowPx,
    headerPx,
  })
  const visible = table.getVisibleLeafColumns()
  const { columnSizing } = table.state
  const shown = useMemo(
    () => visible.map(({ id, columnDef }) => ({ id, width: columnSizing[id] ?? columnDef.size ?? 0 })),
    [visible, columnSizing],
  )
  const { first, end, topPx } = rowsInSight(geometry, state)
  const away = state.offsetPx > 0

  useEffect(() => source.want(first, end), [source, first, end])
  useEffect(() => onScrolled?.(away), [onScrolled, away])
  useEffect(() => {
    const timer = setTimeout(onRest, restMs)
    return () => clearTimeout(timer)
  })

  const [menu, setMenu] = useState<CellMenuState | null>(null)
  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    const target = event.target instanceof Element ? event.target : null
    const column = columns.find(({ id }) => id === target?.closest<HTMLElement>('[data-column]')?.dataset['column'])
    const row = source.rowAt(Number(target?.closest('[aria-rowindex]')?.getAttribute('aria-rowindex')) - 2)
    const value = row === undefined ? null : (column?.pivot?.(row) ?? null)
    if (column === undefined || value === null) return
    event.preventDefault()
    setMenu({ field: column.id, value, x: event.clientX, y: event.clientY })
  }
  const open = (row: Row) => moveTo({ row: idOf(row) }, { replace: openId !== null })
  const goTo = (index: number) => {
    const row = Math.min(Math.max(0, index), source.count - 1)
    if (row < 0) return
    setCursor(row)
    reveal(row)
    // An open drawer goes along with the cursor.
    const now = source.rowAt(row)
    if (openId !== null && now !== undefined) open(now)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(geometry.viewportPx / rowPx) - 1)
    const step = stepOf(event, { page, count: source.count, at: cursor })
    if (step !== null) {
      event.preventDefault()
      if (event.shiftKey) selecting.extendTo(step)
      else selecting.startAt(step)
      goTo(step)
      return
    }
    if (selecting.onKey(event.key, cursor)) {
      event.preventDefault()
      return
    }
    const row = source.rowAt(cursor)
    if (event.key !== 'Enter' || row === undefined) return
    event.preventDefault()
    open(row)
  }

  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset)
  return (
    <>
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={source.total === null ? -1 : source.total + 1}
        aria-colcount={shown.length + (selection === undefined ? 0 : 1)}
        aria-multiselectable={selection !== undefined || undefined}
        aria-activedescendant={cursor >= first && cursor < end ? `${prefix}${cursor}` : undefined}
        tabIndex={0}
        data-grid
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onPointerMove={props.onPoint}
        onContextMenu={onContextMenu}
      >
        <GridHeader table={table} columns={columns} isSelectable={selection !== undefined} />
        {source.count === 0 ? (
          <div role="rowgroup">
            <div role="row">
              <div role="gridcell" className={classes.empty}>
                {props.empty}
              </div>
            </div>
          </div>
        ) : (
          <div
            role="rowgroup"
            className={classes.body}
            style={{ height: elementPx(geometry), minWidth: table.getTotalSize() }}
          >
            <div role="presentation" style={{ transform: `translateY(${topPx}px)` }}>
              {indexes.map((index) => {
                const row = source.rowAt(index)
                return (
                  <GridRow
                    key={index}
                    id={`${prefix}${index}`}
                    index={index}
                    row={row}
                    height={rowPx}
                    columns={columns}
                    shown={shown}
                    isCursor={index === cursor}
                    isOpen={row !== undefined && idOf(row) === openId}
                    isSelected={selection === undefined ? undefined : row !== undefined && selection.ids.has(idOf(row))}
                    onPick={(event) => {
                      setCursor(index)
                      if (selecting.onClick(event, index)) return
                      if (row !== undefined) open(row)
                    }}
                  />
                )
              })}
            </div>
          </div>
        )}
      </div>
      <CellMenu at={menu} onClose={() => setMenu(null)} />
    </>
  )
}
