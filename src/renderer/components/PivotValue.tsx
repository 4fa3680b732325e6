import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { PivotItems, type Pivot } from './PivotItems.tsx'
import classes from './PivotValue.module.css'

interface PivotValueProps extends Pivot {
  readonly children?: ReactNode
  readonly mono?: boolean
}

/** A value that leads on. */
export const PivotValue = ({ field, value, children, mono }: PivotValueProps) => (
  <Menu>
    <Menu.Target>
      <button type="button" className={classes.value} data-mono={mono || undefined} title={value}>
        {children ?? value}
      </button>
    </Menu.Target>
    <Menu.Dropdown>
      <PivotItems field={field} value={value} />
    </Menu.Dropdown>
  </Menu>
)
