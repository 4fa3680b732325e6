import type { Alert } from '../../../shared/model/alert.ts'
import { Moment } from '../../components/Age.tsx'
import { Facts } from '../../components/Facts.tsx'
import { Mark } from '../../components/Mark.tsx'
import { PivotValue } from '../../components/PivotValue.tsx'
import { severityTone } from '../../components/tones.ts'
import { formatDuration, formatNumber } from '../../text/format.ts'
import { EpisodeState } from './alert-columns.tsx'

/** What an alert rests on: rule, value against threshold, window, lists. */
export const AlertFacts = ({ alert }: { alert: Alert }) => (
  <Facts
    facts={[
      [
        'Severity',
        <Mark key="severity" tone={severityTone[alert.severity]}>
          {alert.severity}
        </Mark>,
      ],
      [
        alert.entityKind === 'system' ? 'About' : { user: 'User', ip: 'Address', session: 'Session' }[alert.entityKind],
        alert.entityKind === 'system' ? (
          alert.entity
        ) : (
          <PivotValue key="entity" field={alert.entityKind} value={alert.entity} mono />
        ),
      ],
      [
        'Value',
        `${formatNumber(alert.value)} within ${formatDuration(alert.timespanMs)}; the rule allows ${formatNumber(alert.threshold)}`,
      ],
      [
        'Window',
        <span key="window">
          <Moment at={alert.windowStart} /> – <Moment at={alert.windowEnd} /> (
          {formatDuration(alert.windowEnd.getTime() - alert.windowStart.getTime())})
        </span>,
      ],
      ['Episode', <EpisodeState key="episode" alert={alert} />],
      ['Triage', alert.owner === null ? alert.state : `${alert.state}, ${alert.owner}`],
      ['Suppressed', alert.suppressedCount === 0 ? null : formatNumber(alert.suppressedCount)],
      ['ATT&CK', alert.attack.join(', ')],
      ['Rule', <code key="rule">{`${alert.ruleId} ${alert.ruleVersion}`}</code>],
      [
        'Lists',
        Object.entries(alert.lists)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ],
      ['Raised', <Moment key="raised" at={alert.createdAt} />],
    ]}
  />
)
