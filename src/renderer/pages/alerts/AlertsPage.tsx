import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Alert } from '../../../shared/model/alert.ts'
import { AlertId } from '../../../shared/model/ids.ts'
import { useEngine } from '../../api/engine.ts'
import { defaultLayout, type GridLayout } from '../../app/preferences.ts'
import { usePlace } from '../../app/router.ts'
import { createStore } from '../../app/store.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Grid, type RowSource } from '../../components/grid/Grid.tsx'
import { alertColumns } from './alert-columns.tsx'
import { AlertBar } from './AlertBar.tsx'
import { AlertDrawer } from './AlertDrawer.tsx'
import { RefusedRules } from './RefusedRules.tsx'
import { atLeast, type Threshold } from './severities.ts'
import split from '../../components/Split.module.css'

const mostAlerts = 1_000
const layout = createStore<GridLayout>(defaultLayout)
/** The row of a link that was written by hand may be no id at all. */
const OpenAlert = AlertId.nullable().catch(null)
const idOf = ({ alertId }: Alert) => alertId

/** What looked wrong, by episode, newest first. */
export function AlertsPage() {
  const { queries } = useEngine()
  const { row: openId } = usePlace()
  const openAlert = OpenAlert.parse(openId)
  const [threshold, setThreshold] = useState<Threshold>('info')
  const { data, error, refetch } = useQuery(queries.alerts.list.queryOptions({ input: { limit: mostAlerts } }))
  const source = useMemo<RowSource<Alert>>(() => {
    const rows = (data?.rows ?? []).filter((alert) => atLeast(alert.severity, threshold))
    return { count: rows.length, total: rows.length, rowAt: (index) => rows[index], want: () => undefined }
  }, [data, threshold])

  return (
    <div className={split.split}>
      <div className={split.list}>
        <AlertBar count={source.count} origin={data?.origin ?? null} threshold={threshold} onThreshold={setThreshold} />
        <RefusedRules />
        {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
        <Grid
          label="Alerts"
          columns={alertColumns}
          layout={layout}
          source={source}
          idOf={idOf}
          empty={data === undefined ? error === null && <Waiting /> : <NoAlerts isFiltered={data.rows.length > 0} />}
        />
      </div>
      {openAlert !== null && <AlertDrawer key={openAlert} alertId={openAlert} />}
    </div>
  )
}

const Waiting = () => (
  <EmptyNote title="Reading the alerts">
    <Loader size={16} color="accent" />
  </EmptyNote>
)

const NoAlerts = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <EmptyNote title="No alert is that severe">Choose a lower severity at the top.</EmptyNote>
  ) : (
    <EmptyNote title="No alerts">
      Nothing that was stored crossed the threshold of a rule. The rules that watch are listed at the top right.
    </EmptyNote>
  )
