import type { Alert } from '../../../shared/model/alert.ts'
import { formatPlace, pageAt } from '../../app/place.ts'
import { Moment } from '../../components/Age.tsx'
import { Facts } from '../../components/Facts.tsx'
import { Mark } from '../../components/Mark.tsx'
import { PivotValue } from '../../components/PivotValue.tsx'
import { severityTone } from '../../components/tones.ts'
import { formatCount, formatDuration, formatNumber } from '../../text/format.ts'
import { EpisodeState, TriageState } from './alert-columns.tsx'
import { Attack } from './Attack.tsx'
import { formatValue } from './value.ts'

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
        `${formatValue(alert.value)} within ${formatDuration(alert.timespanMs)}; the rule allows ${formatNumber(alert.threshold)}`,
      ],
      [
        'Window',
        <span key="window">
          <Moment at={alert.windowStart} /> – <Moment at={alert.windowEnd} /> (
          {formatDuration(alert.windowEnd.getTime() - alert.windowStart.getTime())})
        </span>,
      ],
      ['Episode', <EpisodeState key="episode" alert={alert} />],
      ['Triage', <TriageState key="triage" alert={alert} />],
      ['Owner', alert.owner ?? 'nobody'],
      ['Suppressed', alert.suppressedCount === 0 ? null : formatCount(alert.suppressedCount, 'event')],
      ['ATT&CK', <Attack key="attack" techniques={alert.attack} />],
      [
        'Rule',
        <span key="rule">
          <a href={formatPlace(pageAt('alerts', { tab: 'rules', row: alert.ruleId }))}>{alert.ruleId}</a>{' '}
          <code>{alert.ruleVersion}</code>
        </span>,
      ],
      ...Object.entries(alert.lists).map(([name, version]) => [name, <code key={name}>{version}</code>] as const),
      ['Raised', <Moment key="raised" at={alert.createdAt} />],
    ]}
  />
)
