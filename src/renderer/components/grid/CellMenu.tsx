import { Menu } from '@mantine/core'
import { PivotItems, type Pivot } from '../PivotItems.tsx'

export interface CellMenuState extends Pivot {
  /** Where the pointer was, in px of the window. */
  readonly x: number
  readonly y: number
}

/** What a cell's value leads to, where the pointer is. The drawer offers the same to the keyboard. */
export const CellMenu = ({ at, onClose }: { at: CellMenuState | null; onClose: () => void }) => (
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
        </>
      )}
    </Menu.Dropdown>
  </Menu>
)
