import { ActionIcon, Button, Checkbox, Popover, Tooltip } from '@mantine/core'
import type { GridLayout } from '../../app/preferences.ts'
import type { Store } from '../../app/store.ts'
import { Icon } from '../Icon.tsx'
import { moveColumn, resetColumns, useColumns, type GridColumn } from './columns.ts'
import classes from './ColumnMenu.module.css'

interface ColumnMenuProps<Row> {
  readonly columns: readonly GridColumn<Row>[]
  readonly layout: Store<GridLayout>
}

const widthStepPx = 24

/** Which columns, in which order, how wide: all that the mouse can do at the header, for the keyboard too. */
export function ColumnMenu<Row>({ columns, layout }: ColumnMenuProps<Row>) {
  const table = useColumns(columns, layout)
  const all = table.getAllLeafColumns()
  const shown = all.filter((column) => column.getIsVisible()).length
  return (
    <Popover position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button leftSection={<Icon name="columns" />}>Columns</Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.panel}>
        <ul>
          {all.map((column, at) => {
            const title = String(column.columnDef.header)
            const widen = (step: number) =>
              table.setColumnSizing((now) => ({ ...now, [column.id]: Math.max(48, column.getSize() + step) }))
            return (
              <li key={column.id}>
                <Checkbox
                  label={title}
                  checked={column.getIsVisible()}
                  disabled={column.getIsVisible() && shown === 1}
                  onChange={() => column.toggleVisibility()}
                />
                <Act
                  label={`Move ${title} to the left`}
                  icon="up"
                  off={at === 0}
                  onClick={() => moveColumn(table, column.id, -1)}
                />
                <Act
                  label={`Move ${title} to the right`}
                  icon="down"
                  off={at === all.length - 1}
                  onClick={() => moveColumn(table, column.id, 1)}
                />
                <Act label={`Make ${title} narrower`} icon="exclude" onClick={() => widen(-widthStepPx)} />
                <Act label={`Make ${title} wider`} icon="include" onClick={() => widen(widthStepPx)} />
              </li>
            )
          })}
        </ul>
        <Button variant="subtle" onClick={() => resetColumns(layout)}>
          As they were
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}

interface ActProps {
  readonly label: string
  readonly icon: 'up' | 'down' | 'include' | 'exclude'
  readonly off?: boolean
  readonly onClick: () => void
}

const Act = ({ label, icon, off = false, onClick }: ActProps) => (
  <Tooltip label={label}>
    <ActionIcon size={24} aria-label={label} disabled={off} onClick={onClick}>
      <Icon name={icon} size={14} />
    </ActionIcon>
  </Tooltip>
)
