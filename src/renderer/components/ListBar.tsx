import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ListView } from '../api/keyset-list.ts'
import { useNow } from '../api/live.ts'
import { formatAge, formatNumber } from '../text/format.ts'
import { Icon } from './Icon.tsx'
import { Mark } from './Mark.tsx'
import classes from './ListBar.module.css'

interface ListBarProps {
  readonly view: ListView
  readonly one: string
  /** What waits while the rows are held still; null where nothing does. */
  readonly waiting: string | null
  readonly onShow: () => void
  readonly children: ReactNode
}

/** Above the rows: how many, where from, how old, and what waits. */
export function ListBar({ view, one, waiting, onShow, children }: ListBarProps) {
  const nowMs = useNow()
  const { count, atEnd, loading, origin, readAtMs } = view
  return (
    <div className={classes.bar}>
      <span role="status">
        {readAtMs === null
          ? loading
            ? 'Searching…'
            : ''
          : `${formatNumber(count)}${atEnd ? '' : '+'} ${count === 1 && atEnd ? one : `${one}s`}`}
      </span>
      {origin?.store === 'cache' && (
        <Mark tone="warning">
          from the cache{origin.asOf === null ? '' : `, as of ${formatAge(origin.asOf, nowMs)}`}
        </Mark>
      )}
      {waiting !== null && (
        <Button
          size="compact-xs"
          variant="light"
          color="accent"
          leftSection={<Icon name="up" size={12} />}
          onClick={onShow}
        >
          {waiting}
        </Button>
      )}
      <span className={classes.space} />
      {children}
    </div>
  )
}
