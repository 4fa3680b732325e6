import { ActionIcon, Tooltip } from '@mantine/core'
import { useEffect, useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { preferences } from '../../app/preferences.ts'
import { useStore } from '../../app/store.ts'
import { Icon } from '../Icon.tsx'
import { clampWidth, maxWidth, minWidth, widthAfterKey } from './width.ts'
import classes from './Drawer.module.css'

interface DrawerProps {
  readonly title: ReactNode
  /** What a screen reader calls it. */
  readonly label: string
  readonly actions?: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** The panel at the right that tells all about one row. Its edge can be dragged; Esc closes it. */
export function Drawer({ title, label, actions, onClose, children }: DrawerProps) {
  const width = useStore(preferences.drawerWidth)
  const body = useRef<HTMLDivElement>(null)
  const resize = (next: number) => preferences.drawerWidth.set(clampWidth(next, window.innerWidth))

  // A new row is read from its beginning.
  useEffect(() => {
    if (body.current !== null) body.current.scrollTop = 0
  }, [label])

  const onEdgeKey = (event: KeyboardEvent) => {
    const next = widthAfterKey(event.key, width)
    if (next === null) return
    event.preventDefault()
    resize(next)
  }
  const onEdgeMove = (event: PointerEvent) => {
    if (event.buttons === 1) resize(window.innerWidth - event.clientX)
  }
  return (
    <aside className={classes.drawer} aria-label={label} style={{ '--drawer-width': `${width}px` }} data-drawer>
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the drawer"
        aria-valuenow={width}
        aria-valuemin={minWidth}
        aria-valuemax={maxWidth}
        tabIndex={0}
        className={classes.edge}
        onKeyDown={onEdgeKey}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onEdgeMove}
      />
      <header className={classes.header}>
        <h2 className={classes.title}>{title}</h2>
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close the drawer" onClick={onClose}>
            <Icon name="close" />
          </ActionIcon>
        </Tooltip>
      </header>
      {actions && <div className={classes.actions}>{actions}</div>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there */}
      <div ref={body} className={classes.body} tabIndex={0} role="region" aria-label={`${label}: details`}>
        {children}
      </div>
    </aside>
  )
}

export const DrawerSection = ({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) => (
  <section className={classes.section}>
    <h3>
      {title}
      {note && <span className={classes.sectionNote}>{note}</span>}
    </h3>
    {children}
  </section>
)
