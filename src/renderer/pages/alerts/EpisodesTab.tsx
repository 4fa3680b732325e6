import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { AlertTotals } from '../../../shared/contract/alerts.ts'
import type { Alert } from '../../../shared/model/alert.ts'
import { AlertId } from '../../../shared/model/ids.ts'
import { useEngine } from '../../api/engine.ts'
import type { FetchPage } from '../../api/keyset-list.ts'
import { useLive } from '../../api/live.ts'
import { useLiveList } from '../../api/use-live-list.ts'
import { pages } from '../../app/pages.ts'
import { preferences } from '../../app/preferences.ts'
import { moveTo, usePlace } from '../../app/router.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { ColumnMenu } from '../../components/grid/ColumnMenu.tsx'
import { Grid } from '../../components/grid/Grid.tsx'
import { ListBar } from '../../components/ListBar.tsx'
import { anyTime } from '../../query/time-range.ts'
import { alertColumns } from './alert-columns.tsx'
import { filterOf, formatAlertTerms, parseAlertTerms, type AlertTerms } from './alert-filter.ts'
import { AlertDrawer } from './AlertDrawer.tsx'
import { FilterBar } from './FilterBar.tsx'
import { RefusedRules } from './rules/RefusedRules.tsx'
import { TriageBar } from './triage/TriageBar.tsx'
import { TriageDialog } from './triage/TriageDialog.tsx'
import { useTriageKeys } from './triage/use-triage-keys.ts'
import split from '../../components/Split.module.css'

const pageSize = 200
/** The row of a link that was written by hand may be no id at all. */
const OpenAlert = AlertId.nullable().catch(null)
const idOf = ({ alertId }: Alert) => alertId
const waitingWords = (behind: number) => (behind > 0 ? 'Alerts have changed' : null)
const go = (terms: AlertTerms) => moveTo({ query: formatAlertTerms(terms), row: null })

/** What looked wrong, by episode, newest first, and what became of it. */
export function EpisodesTab() {
  const { client, queries } = useEngine()
  const { row, query, range } = usePlace()
  const openId = OpenAlert.parse(row)
  const terms = useMemo(() => parseAlertTerms(query), [query])
  const shownRange = range ?? pages.alerts.range ?? anyTime
  const actor = useQuery(queries.system.info.queryOptions({ staleTime: Infinity })).data?.actor ?? ''
  const [totals, setTotals] = useState<AlertTotals | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [isAway, setAway] = useState(false)
  /** As they were last seen, in the list or in the drawer: what an act is about. */
  const seen = useRef(new Map<string, Alert>())
  const onSeen = useCallback((alert: Alert) => {
    const before = seen.current.get(alert.alertId)
    if (before === undefined || before.revision <= alert.revision) seen.current.set(alert.alertId, alert)
  }, [])

  const fetchPage = useCallback<FetchPage<Alert>>(
    async (cursor, signal) => {
      const filter = filterOf(terms, shownRange, actor, Date.now())
      const page = await client.alerts.list({ ...filter, limit: pageSize, cursor }, { signal })
      if (cursor === null) setTotals(page.totals)
      page.rows.forEach(onSeen)
      return page
    },
    [client, terms, shownRange, actor, onSeen],
  )
  const pulse = useLive((view) => view.status?.revisions.alerts ?? 0)
  const isHeld = isAway || chosen.size > 0
  const { source, view, retry, refresh, behind, onPoint } = useLiveList(fetchPage, pulse, isHeld)
  const cursor = useRef<Alert | undefined>(undefined)
  const onCursor = useCallback((alert: Alert | undefined) => {
    cursor.current = alert
  }, [])

  const chosenAlerts = () => [...chosen].flatMap((id) => seen.current.get(id) ?? [])
  /** Those that are chosen; else the open one; else the one under the keyboard. */
  const inHand = (): readonly Alert[] => {
    if (chosen.size > 0) return chosenAlerts()
    const id = openId ?? cursor.current?.alertId
    const one = id === undefined ? undefined : seen.current.get(id)
    return one === undefined ? [] : [one]
  }
  const onDone = (changed: readonly Alert[]) => {
    changed.forEach(onSeen)
    setChosen(new Set())
    refresh()
  }
  useTriageKeys(inHand, onDone)

  return (
    <>
      <FilterBar terms={terms} totals={totals} onTerms={go} />
      <div className={split.split}>
        <div className={split.list}>
          <ListBar view={view} one="alert" waiting={isHeld ? waitingWords(behind) : null} onShow={refresh}>
            <TriageBar count={chosen.size} alerts={chosenAlerts} onDone={onDone} onNone={() => setChosen(new Set())} />
            <ColumnMenu columns={alertColumns} layout={preferences.alertColumns} />
          </ListBar>
          <RefusedRules />
          {view.error !== null && <ErrorNote error={view.error} onRetry={retry} />}
          <Grid
            key={`${query} ${range === null ? '' : JSON.stringify(range)}`}
            label="Alerts"
            columns={alertColumns}
            layout={preferences.alertColumns}
            source={source}
            idOf={idOf}
            selection={{ ids: chosen, choose: setChosen }}
            onCursor={onCursor}
            onScrolled={setAway}
            onPoint={onPoint}
            empty={
              view.error === null && <NoAlerts isFiltered={query !== '' || shownRange.kind !== 'any'} totals={totals} />
            }
          />
        </div>
        {openId !== null && <AlertDrawer key={openId} alertId={openId} onDone={onDone} onSeen={onSeen} />}
      </div>
      <TriageDialog onDone={onDone} />
    </>
  )
}

const NoAlerts = ({ isFiltered, totals }: { isFiltered: boolean; totals: AlertTotals | null }) => {
  if (isFiltered) {
    return (
      <EmptyNote title="No alert fits">
        Choose more states or severities above, or a longer time range at the top right.
      </EmptyNote>
    )
  }
  if (totals !== null && totals.byState.closed > 0) {
    return <EmptyNote title="Nothing is open">Every alert is closed. Choose “closed” above to see them.</EmptyNote>
  }
  return (
    <EmptyNote title="No alerts">
      Nothing that was stored crossed the threshold of a rule. The tab Rules has those that watch.
    </EmptyNote>
  )
}
