import { VisuallyHidden } from '@mantine/core'
import type { ColumnTable, GridColumn } from './columns.ts'
import classes from './Grid.module.css'

interface GridHeaderProps<Row> {
  readonly table: ColumnTable
  readonly columns: readonly GridColumn<Row>[]
  readonly isSelectable: boolean
}

/** Titles of the columns, with an edge to drag. The column menu does the same for the keyboard. */
export function GridHeader<Row>({ table, columns, isSelectable }: GridHeaderProps<Row>) {
  const headers = table.getFlatHeaders()
  return (
    <div role="rowgroup" className={classes.header} style={{ minWidth: table.getTotalSize() }}>
      <div role="row" aria-rowindex={1} className={classes.headerRow}>
        {isSelectable && (
          <div role="columnheader" className={classes.boxCell}>
            <VisuallyHidden>Chosen</VisuallyHidden>
          </div>
        )}
        {headers.map((header, at) => {
          const { title, align } = columns.find(({ id }) => id === header.column.id) ?? {}
          return (
            <div
              key={header.id}
              role="columnheader"
              className={classes.headerCell}
              data-align={align}
              style={at === headers.length - 1 ? { flex: `1 0 ${header.getSize()}px` } : { width: header.getSize() }}
            >
              {title}
              <span
                aria-hidden
                className={classes.edge}
                onMouseDown={header.getResizeHandler()}
                onDoubleClick={() => header.column.resetSize()}
              />
            </div>
          )
        })}
      </div>
    </div>
  )
}
