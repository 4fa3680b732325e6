import { useQuery } from '@tanstack/react-query'
import type { AlertState } from '../../../shared/model/alert.ts'
import { useEngine } from '../../api/engine.ts'
import { formatPlace, pageAt } from '../../app/place.ts'
import { Age } from '../../components/Age.tsx'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Mark } from '../../components/Mark.tsx'
import { severityTone } from '../../components/tones.ts'
import classes from './Overview.module.css'

const mostShown = 30
const openStates: AlertState[] = ['new', 'acknowledged']

/** What waits for somebody, the latest episodes first: each a way into its evidence. */
export function LatestAlerts() {
  const { data, error, refetch } = useQuery(
    useEngine().queries.alerts.list.queryOptions({ input: { states: openStates, limit: mostShown } }),
  )
  return (
    <section className={classes.panel} aria-labelledby="latest-alerts">
      <h2 id="latest-alerts">
        <a href="#/alerts">Latest open alerts</a>
      </h2>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data?.rows.length === 0 && (
        <EmptyNote title="No open alerts">
          Nothing waits for anybody. <a href="#/alerts?q=state%3Aclosed">What was closed</a> is among the alerts.
        </EmptyNote>
      )}
      <ul className={classes.rows}>
        {data?.rows.map(({ alertId, severity, title, summary, windowEnd, closedAt }) => (
          <li key={alertId}>
            <a className={classes.alert} href={formatPlace(pageAt('alerts', { row: alertId }))}>
              <Mark tone={severityTone[severity]}>{severity}</Mark>
              <span className={classes.what}>
                <strong>{title}</strong>
                <span title={summary}>{summary}</span>
              </span>
              <span className={classes.when}>
                {closedAt === null && <Mark tone="busy">going on</Mark>}
                <Age at={windowEnd} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
