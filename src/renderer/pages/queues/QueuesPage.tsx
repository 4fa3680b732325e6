import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEngine } from '../../api/engine.ts'
import { moveTo, usePlace } from '../../app/router.ts'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { FailedPanel } from './FailedPanel.tsx'
import { LeaseTable } from './LeaseTable.tsx'
import { PeekPanel } from './PeekPanel.tsx'
import { QueueTiles } from './QueueTiles.tsx'
import classes from './Queues.module.css'

const tabs = ['failed', 'queue', 'critical', 'stream', 'leases'] as const
type Tab = (typeof tabs)[number]

const titles: Readonly<Record<Tab, string>> = {
  failed: 'Failed items',
  queue: 'Waiting',
  critical: 'Critical, waiting',
  stream: 'Stream, waiting',
  leases: 'Batches under lease',
}

/** Depths move without a revision: they are looked at while somebody looks at them. */
const lookMs = 2_000

/** Where the audit queue stands, what lies in it, and what could not be written. */
export function QueuesPage() {
  const { queries } = useEngine()
  const place = usePlace()
  const tab = tabs.find((name) => name === place.tab) ?? 'failed'
  const { data, error, refetch } = useQuery(queries.queues.status.queryOptions({ refetchInterval: lookMs }))
  const hasStream = data?.queues.some(({ name }) => name === 'stream') === true
  const shown = tabs.filter((name) => name !== 'stream' || hasStream)
  return (
    <div className={classes.page}>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      <QueueTiles queues={data?.queues ?? []} leases={data?.leases.length ?? null} pressure={data?.pressure ?? null} />
      <div className={classes.tabs}>
        <SegmentedControl
          aria-label="What to look at"
          value={tab}
          data={shown.map((name) => ({ value: name, label: titles[name] }))}
          onChange={(next) => moveTo({ tab: next, row: null }, { replace: true })}
        />
      </div>
      {tab === 'failed' && <FailedPanel />}
      {(tab === 'queue' || tab === 'critical' || tab === 'stream') && <PeekPanel key={tab} name={tab} />}
      {tab === 'leases' && <LeaseTable leases={data?.leases ?? []} />}
    </div>
  )
}
