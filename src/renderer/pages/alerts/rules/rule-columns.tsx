import type { GridColumn } from '../../../components/grid/columns.ts'
import { dash } from '../../../components/grid/origin-columns.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { severityTone } from '../../../components/tones.ts'
import { formatNumber } from '../../../text/format.ts'
import { testWords, type RuleRow } from './rule-rows.ts'
import { levelWords } from './rule-words.ts'

export const ruleColumns: readonly GridColumn<RuleRow>[] = [
  { id: 'state', title: 'State', width: 112, cell: (row) => <RuleState row={row} /> },
  {
    id: 'title',
    title: 'Rule',
    width: 232,
    cell: (row) => (row.kind === 'rule' ? row.rule.title : <span className="gh-mono">{row.file}</span>),
  },
  {
    id: 'severity',
    title: 'Severity',
    width: 136,
    cell: (row) => (row.kind === 'rule' && row.rule.alerts ? <Severities row={row} /> : dash),
  },
  {
    id: 'attack',
    title: 'ATT&CK',
    width: 104,
    cell: (row) => (row.kind === 'rule' && row.rule.attack.length > 0 ? row.rule.attack.join(', ') : dash),
  },
  {
    id: 'day',
    title: 'Last 24 h',
    width: 80,
    align: 'end',
    cell: (row) => (row.kind === 'rule' && row.rule.alerts ? formatNumber(row.tally?.lastDay ?? 0) : dash),
  },
  {
    id: 'month',
    title: '30 days',
    width: 80,
    align: 'end',
    cell: (row) => (row.kind === 'rule' && row.rule.alerts ? formatNumber(row.tally?.lastMonth ?? 0) : dash),
  },
  { id: 'tests', title: 'Tests', width: 104, cell: (row) => <Tests row={row} /> },
  {
    id: 'looks',
    title: 'Looks for',
    width: 296,
    cell: (row) => (row.kind === 'refused' ? <span title={row.message}>{row.message}</span> : <LooksFor row={row} />),
  },
  {
    id: 'file',
    title: 'File',
    width: 200,
    extra: true,
    cell: (row) => <span className="gh-mono">{row.kind === 'rule' ? row.rule.file : row.file}</span>,
  },
]

type LoadedRow = Extract<RuleRow, { kind: 'rule' }>

/** Whether it runs, and what comes of it. */
export function RuleState({ row }: { row: RuleRow }) {
  if (row.kind === 'refused') return <Mark tone="critical">refused</Mark>
  return row.rule.alerts ? <Mark tone="ok">runs</Mark> : <Mark tone="none">feeds others</Mark>
}

/** From the severity that opens an episode to the gravest that it can reach. */
export function Severities({ row: { rule } }: { row: LoadedRow }) {
  const names = [...new Set(rule.levels.map(({ severity }) => severity))]
  const last = names.at(-1)
  return last === undefined ? dash : <Mark tone={severityTone[last]}>{names.join(' to ')}</Mark>
}

const LooksFor = ({ row: { rule } }: { row: LoadedRow }) => {
  const words = rule.levels.map(levelWords).join('; ')
  return <span title={words}>{words}</span>
}

function Tests({ row }: { row: RuleRow }) {
  const tests = row.kind === 'rule' ? testWords(row.file) : null
  return tests === null ? dash : <Mark tone={tests.failed ? 'critical' : 'ok'}>{tests.words}</Mark>
}
