import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useActGate } from '../../api/act-gate.ts'
import { useEngine } from '../../api/engine.ts'
import { ActButton } from '../../components/ActButton.tsx'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { formatCount, formatNumber } from '../../text/format.ts'
import { FailedActDialog, type FailedAct } from './FailedActDialog.tsx'
import { FailedRow } from './FailedRow.tsx'
import classes from './Queues.module.css'

const pageSize = 100

/** What could not be written: why, and what to do with it. */
export function FailedPanel() {
  const { queries } = useEngine()
  const gate = useActGate('redis', 'postgres')
  const [offset, setOffset] = useState(0)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [act, setAct] = useState<FailedAct | null>(null)
  const { data, error, refetch } = useQuery(queries.queues.failed.queryOptions({ input: { offset, limit: pageSize } }))
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (data === undefined) return null
  const { items, depth } = data
  if (depth === 0) {
    return (
      <EmptyNote title="Nothing failed">Everything that was taken from the queue was written to PostgreSQL.</EmptyNote>
    )
  }
  const here = items.map(({ failedId }) => failedId)
  const isAllHere = here.length > 0 && here.every((id) => chosen.has(id))
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const blocked = gate ?? (chosen.size === 0 ? 'Choose items first.' : null)
  const begin = (kind: FailedAct['kind'], all: boolean) =>
    setAct({ kind, selection: all ? { all: true } : { failedIds: [...chosen] }, count: all ? depth : chosen.size })
  return (
    <>
      <div className={classes.acts}>
        <Checkbox
          label={chosen.size === 0 ? 'All on this page' : `${formatNumber(chosen.size)} chosen`}
          checked={isAllHere}
          indeterminate={chosen.size > 0 && !isAllHere}
          onChange={() => setChosen(isAllHere ? new Set() : new Set([...chosen, ...here]))}
        />
        <ActButton blocked={blocked} onClick={() => begin('requeue', false)}>
          Re-queue
        </ActButton>
        <ActButton blocked={blocked} color="critical" onClick={() => begin('discard', false)}>
          Discard
        </ActButton>
        <span className={classes.space} />
        {depth > pageSize && (
          <>
            <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - pageSize))}>
              Before
            </Button>
            <Button disabled={offset + pageSize >= depth} onClick={() => setOffset(offset + pageSize)}>
              Next
            </Button>
          </>
        )}
        <ActButton blocked={gate} onClick={() => begin('requeue', true)}>
          Re-queue all {formatNumber(depth)}
        </ActButton>
        <ActButton blocked={gate} color="critical" onClick={() => begin('discard', true)}>
          Discard all {formatNumber(depth)}
        </ActButton>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={formatCount(depth, 'failed item')}>
        <ul className={classes.items}>
          {items.map((item) => (
            <FailedRow
              key={item.failedId}
              item={item}
              isChosen={chosen.has(item.failedId)}
              onToggle={() => toggle(item.failedId)}
            />
          ))}
        </ul>
      </div>
      <FailedActDialog act={act} onClose={() => setAct(null)} onDone={() => setChosen(new Set())} />
    </>
  )
}
