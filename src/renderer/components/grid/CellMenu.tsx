import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { PivotItems, type Pivot } from '../PivotItems.tsx'

export interface CellMenuState extends Pivot {
  /** Where the pointer was, in px of the window. */
  readonly x: number
  readonly y: number
}

interface CellMenuProps {
  readonly at: CellMenuState | null
  readonly onClose: () => void
  /** What the page adds for a value. */
  readonly more?: ReactNode
}

/** What a cell's value leads to, where the pointer is. The drawer offers the same to the keyboard. */
export const CellMenu = ({ at, onClose, more }: CellMenuProps) => (
  <Menu opened={at !== null} onChange={(isOpen) => !isOpen && onClose()}>
    <Menu.Target>
      <span aria-hidden style={{ position: 'fixed', left: at?.x ?? 0, top: at?.y ?? 0, width: 0, height: 0 }} />
    </Menu.Target>
    <Menu.Dropdown>
      {at !== null && (
        <>
          <Menu.Label>
            {at.field}: {at.value.slice(0, 60)}
          </Menu.Label>
          <PivotItems field={at.field} value={at.value} />
          {more}
        </>
      )}
    </Menu.Dropdown>
  </Menu>
)
