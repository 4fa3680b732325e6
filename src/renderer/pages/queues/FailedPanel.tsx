import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useEngine } from '../../api/engine.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { FailedActDialog, type FailedAct } from './FailedActDialog.tsx'
import { FailedList } from './FailedList.tsx'

const pageSize = 100

/** What could not be written: why, and what to do with it. */
export function FailedPanel() {
  const { queries } = useEngine()
  const [offset, setOffset] = useState(0)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [act, setAct] = useState<FailedAct | null>(null)
  const { data, error, refetch } = useQuery(queries.queues.failed.queryOptions({ input: { offset, limit: pageSize } }))
  return (
    <>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data?.depth === 0 && (
        <EmptyNote title="Nothing failed">
          Everything that was taken from the queue was written to PostgreSQL.
        </EmptyNote>
      )}
      {data !== undefined && data.depth > 0 && (
        <FailedList
          items={data.items}
          depth={data.depth}
          chosen={chosen}
          onChosen={setChosen}
          onAct={setAct}
          page={{ offset, size: pageSize, onOffset: setOffset }}
        />
      )}
      {/* Outside the list, which may be empty once the act is done. */}
      <FailedActDialog
        act={act}
        onClose={() => setAct(null)}
        onDone={() => {
          setChosen(new Set())
          setOffset(0)
        }}
      />
    </>
  )
}
