import type { BacktestResult } from '../../../../../shared/model/backtest.ts'
import { formatPlace, pageAt } from '../../../../app/place.ts'
import { Moment } from '../../../../components/Age.tsx'
import { Mark } from '../../../../components/Mark.tsx'
import { ScrollTable } from '../../../../components/table/ScrollTable.tsx'
import { severityTone } from '../../../../components/tones.ts'
import { anyTime } from '../../../../query/time-range.ts'
import { formatNumber } from '../../../../text/format.ts'
import { evidenceQuery } from '../../evidence-query.ts'
import { closeBacktest } from './backtest-store.ts'
import classes from './Backtest.module.css'

const mostShown = 100

/** The alerts that were found. The same events give the same alert: one that was raised opens, of any the events are found. */
export function Findings({ alerts }: { alerts: BacktestResult['alerts'] }) {
  if (alerts.total === 0)
    return <p className={classes.line}>No alert: nothing of these events crosses the threshold.</p>
  return (
    <section aria-labelledby="backtest-alerts">
      <h3 id="backtest-alerts">Alerts</h3>
      <ScrollTable label="Alerts that were found" headings={['Severity', 'About', 'Why', 'When', 'Open']}>
        {alerts.rows.slice(0, mostShown).map((finding) => (
          <tr key={finding.alertId}>
            <td>
              <Mark tone={severityTone[finding.severity]}>{finding.severity}</Mark>
            </td>
            <td className="gh-mono">{finding.entity}</td>
            <td>{finding.summary}</td>
            <td>
              <Moment at={finding.windowEnd} />
            </td>
            <td>
              <a href={formatPlace(pageAt('alerts', { row: finding.alertId }))} onClick={closeBacktest}>
                alert
              </a>{' '}
              <a
                href={formatPlace(pageAt('events', { query: evidenceQuery(finding), range: anyTime }))}
                onClick={closeBacktest}
              >
                events
              </a>
            </td>
          </tr>
        ))}
      </ScrollTable>
      {alerts.total > mostShown && (
        <p className="gh-muted">
          The first {formatNumber(mostShown)} of {formatNumber(alerts.total)}; <code>gatehouse backtest</code> writes
          all of them.
        </p>
      )}
    </section>
  )
}
