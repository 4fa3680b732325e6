import type { ReactNode } from 'react'
import type { Tone } from './Mark.tsx'
import classes from './Tile.module.css'

interface TileProps {
  readonly title: string
  readonly value: ReactNode
  readonly note?: ReactNode
  readonly tone?: Tone | undefined
  /** Where it leads. */
  readonly href?: string
  readonly children?: ReactNode
}

/** A number that is read from afar. */
export function Tile({ title, value, note, tone, href, children }: TileProps) {
  return (
    <div role="group" className={classes.tile} aria-label={title}>
      <h2>{href === undefined ? title : <a href={href}>{title}</a>}</h2>
      <div className={classes.value} data-tone={tone}>
        {value}
      </div>
      {note && <div className={classes.note}>{note}</div>}
      {children}
    </div>
  )
}

export const Tiles = ({ children }: { children: ReactNode }) => <div className={classes.tiles}>{children}</div>
