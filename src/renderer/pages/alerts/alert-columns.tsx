import type { Alert } from '../../../shared/model/alert.ts'
import { Age } from '../../components/Age.tsx'
import type { GridColumn } from '../../components/grid/columns.ts'
import { dash } from '../../components/grid/origin-columns.tsx'
import { Mark } from '../../components/Mark.tsx'
import { severityTone, stateTone, verdictWords } from '../../components/tones.ts'
import { formatNumber, formatShort } from '../../text/format.ts'
import { formatValue } from './value.ts'

/** Speeds have many digits, of which the first few count. */
const shortFrom = 100_000

export const alertColumns: readonly GridColumn<Alert>[] = [
  {
    id: 'severity',
    title: 'Severity',
    width: 104,
    cell: ({ severity }) => <Mark tone={severityTone[severity]}>{severity}</Mark>,
  },
  { id: 'title', title: 'Rule', width: 216, cell: ({ title }) => <span title={title}>{title}</span> },
  {
    id: 'entity',
    title: 'About',
    width: 184,
    cell: ({ entityKind, entity }) => (
      <>
        <span className="gh-muted">{entityKind}</span> <span className="gh-mono">{entity}</span>
      </>
    ),
  },
  {
    id: 'value',
    title: 'Value',
    width: 96,
    align: 'end',
    cell: ({ value, threshold }) => (
      <span title={`${formatValue(value)} of ${formatNumber(threshold)}`}>
        {value >= shortFrom && value < Number.MAX_SAFE_INTEGER ? formatShort(value) : formatValue(value)}{' '}
        <span className="gh-muted">/ {formatNumber(threshold)}</span>
      </span>
    ),
  },
  { id: 'events', title: 'Events', width: 72, align: 'end', cell: ({ eventCount }) => formatNumber(eventCount) },
  { id: 'last', title: 'Last event', width: 112, cell: ({ windowEnd }) => <Age at={windowEnd} /> },
  { id: 'triage', title: 'Triage', width: 136, cell: (alert) => <TriageState alert={alert} /> },
  { id: 'owner', title: 'Owner', width: 96, cell: ({ owner }) => owner ?? dash },
  { id: 'episode', title: 'Episode', width: 104, cell: (alert) => <EpisodeState alert={alert} /> },
  { id: 'why', title: 'Why', width: 320, cell: ({ summary }) => <span title={summary}>{summary}</span> },
]

/** Whether the episode may still grow. */
export const EpisodeState = ({ alert: { closedAt } }: { alert: Pick<Alert, 'closedAt'> }) =>
  closedAt === null ? <Mark tone="busy">going on</Mark> : <Mark tone="none">over</Mark>

/** Where it stands among people: new, acknowledged, or what it was. */
export const TriageState = ({ alert: { state, verdict } }: { alert: Pick<Alert, 'state' | 'verdict'> }) => (
  <Mark tone={verdict === 'true' ? 'critical' : stateTone[state]}>
    {verdict === null ? state : verdictWords[verdict]}
  </Mark>
)
