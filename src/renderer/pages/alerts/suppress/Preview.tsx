import type { SuppressionPreview, TouchedAlert } from '../../../../shared/model/suppression.ts'
import { formatPlace, pageAt } from '../../../app/place.ts'
import { Moment } from '../../../components/Age.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { ScrollTable } from '../../../components/table/ScrollTable.tsx'
import { severityTone } from '../../../components/tones.ts'
import { formatCount, formatNumber } from '../../../text/format.ts'
import classes from '../Alerts.module.css'

/** What a suppression would have done to the alerts of the last 30 days. */
export function Preview({ preview }: { preview: SuppressionPreview }) {
  const { hiddenAlerts, reducedAlerts, suppressedEvents, hiddenTrue, sample, isPartial, pattern } = preview
  const least = isPartial ? 'at least ' : ''
  return (
    <div className={classes.preview}>
      <p className={classes.why}>
        <Mark tone={hiddenTrue > 0 ? 'critical' : hiddenAlerts > 0 ? 'warning' : 'ok'}>
          In the last 30 days <code>{pattern}</code> would have hidden {least}
          {formatCount(hiddenAlerts, 'alert')}
        </Mark>
      </p>
      <p className="gh-muted">
        {formatCount(reducedAlerts, 'other')} would have fewer events; {least}
        {formatCount(suppressedEvents, 'event')} would have been left out.
        {isPartial && ' There was more to look at than is looked at.'}
      </p>
      {hiddenTrue > 0 && (
        <p className={classes.why}>
          <strong>{formatCount(hiddenTrue, 'of them was', 'of them were')} closed as an attack.</strong> Narrow it, or
          say below why it is to be made all the same.
        </p>
      )}
      {sample.length > 0 && (
        <ScrollTable label="Alerts it would have touched" headings={['Alert', 'About', 'When', 'What of it']}>
          {sample.map((alert) => (
            <Touched key={alert.alertId} alert={alert} />
          ))}
        </ScrollTable>
      )}
    </div>
  )
}

const Touched = ({ alert }: { alert: TouchedAlert }) => (
  <tr>
    <td>
      <Mark tone={severityTone[alert.severity]}>{alert.severity}</Mark>{' '}
      <a href={formatPlace(pageAt('alerts', { row: alert.alertId }))}>{alert.title}</a>
    </td>
    <td className="gh-mono">{alert.entity}</td>
    <td>
      <Moment at={alert.windowEnd} />
    </td>
    <td>
      {alert.isHidden
        ? 'hidden'
        : `${formatNumber(alert.suppressedEvents)} of ${formatNumber(alert.eventCount)} events`}
      {alert.isTrue && <strong>, an attack</strong>}
    </td>
  </tr>
)
