import { memo, type MouseEvent } from 'react'
import type { GridColumn } from './columns.ts'
import classes from './Grid.module.css'

interface GridRowProps<Row> {
  readonly id: string
  readonly index: number
  /** undefined: not read yet. */
  readonly row: Row | undefined
  readonly height: number
  readonly columns: readonly GridColumn<Row>[]
  readonly shown: readonly { readonly id: string; readonly width: number }[]
  readonly isCursor: boolean
  readonly isOpen: boolean
  /** undefined where rows cannot be chosen. */
  readonly isSelected?: boolean | undefined
  readonly onPick: (event: MouseEvent) => void
}

function GridRowOf<Row>(props: GridRowProps<Row>) {
  const { id, index, row, height, columns, shown, isCursor, isOpen, isSelected, onPick } = props
  return (
    // The grid itself takes the keys: it keeps the focus and names this row as its active descendant.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected ?? isOpen}
      aria-busy={row === undefined || undefined}
      className={classes.row}
      data-cursor={isCursor || undefined}
      data-open={isOpen || undefined}
      data-selected={isSelected || undefined}
      style={{ height }}
      onClick={onPick}
    >
      {isSelected !== undefined && (
        // The row itself says whether it is chosen, and x chooses it: the box is for the pointer.
        <div role="gridcell" className={classes.boxCell} aria-label={isSelected ? 'chosen' : 'not chosen'} data-box>
          <span aria-hidden className={classes.box} data-checked={isSelected || undefined} />
        </div>
      )}
      {shown.map(({ id: columnId, width }, at) => {
        const { cell, align } = columns.find((column) => column.id === columnId) ?? {}
        return (
          <div
            key={columnId}
            role="gridcell"
            data-column={columnId}
            className={classes.cell}
            data-align={align}
            style={at === shown.length - 1 ? { flex: `1 0 ${width}px` } : { width }}
          >
            {row === undefined ? <span className={classes.waiting} /> : cell?.(row)}
          </div>
        )
      })}
    </div>
  )
}

/** One row of a grid. Drawn again when its row changes, not when others scroll by. */
export const GridRow = memo(
  GridRowOf,
  (before, now) =>
    before.row === now.row &&
    before.index === now.index &&
    before.id === now.id &&
    before.height === now.height &&
    before.isCursor === now.isCursor &&
    before.isOpen === now.isOpen &&
    before.isSelected === now.isSelected &&
    before.columns === now.columns &&
    before.shown === now.shown,
) as typeof GridRowOf
