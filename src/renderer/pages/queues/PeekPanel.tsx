import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { QueueName } from '../../../shared/model/queue.ts'
import { useEngine } from '../../api/engine.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Icon } from '../../components/Icon.tsx'
import { formatBytes, formatNumber } from '../../text/format.ts'
import { ItemText } from './ItemText.tsx'
import classes from './Queues.module.css'

const pageSize = 50

/** A look at what waits, oldest first, without touching it. */
export function PeekPanel({ name }: { name: Exclude<QueueName, 'failed'> }) {
  const { queries } = useEngine()
  const [offset, setOffset] = useState(0)
  const { data, error, refetch } = useQuery(
    queries.queues.peek.queryOptions({ input: { name, offset, limit: pageSize }, staleTime: 0 }),
  )
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (data !== undefined && data.items.length === 0 && offset === 0) {
    return (
      <EmptyNote title="Nothing waits">
        What the application pushes is written within moments.{' '}
        <Button size="compact-xs" onClick={() => void refetch()}>
          Look again
        </Button>
      </EmptyNote>
    )
  }
  const items = data?.items ?? []
  const depth = data?.depth ?? 0
  return (
    <>
      <div className={classes.acts}>
        <span className="gh-muted">
          {items.length === 0
            ? ''
            : `${formatNumber(offset + 1)} to ${formatNumber(offset + items.length)} of ${formatNumber(depth)}, oldest first, as of a moment ago`}
        </span>
        <span className={classes.space} />
        <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - pageSize))}>
          Older
        </Button>
        <Button disabled={offset + pageSize >= depth} onClick={() => setOffset(offset + pageSize)}>
          Newer
        </Button>
        <Button leftSection={<Icon name="reload" />} onClick={() => void refetch()}>
          Look again
        </Button>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Waiting items">
        <ol className={classes.items}>
          {items.map(({ index, text, bytes }) => (
            <li key={index}>
              <span className={classes.index}>{formatNumber(index + 1)}</span>
              <ItemText text={text} />
              <span className="gh-muted">{formatBytes(bytes)}</span>
            </li>
          ))}
        </ol>
      </div>
    </>
  )
}
