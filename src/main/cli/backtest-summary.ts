import type { BacktestResult, EntityAlerts } from '../../shared/model/backtest.ts'
import { table } from './table.ts'

const shownLines = 20

/** What a back-test found, for people. */
export function backtestSummary(result: BacktestResult): string {
  const { source, events, badLines, alerts, entities, rules, suppressed, curve, change, problems, proof, tookMs } =
    result
  const where = { postgres: 'PostgreSQL', cache: 'the cache', file: source.name ?? 'the file' }[source.kind]
  const span = events.from === null || events.to === null ? '' : `, ${iso(events.from)} to ${iso(events.to)}`
  return [
    `${events.count} events of ${where}${span}, in ${(tookMs / 1_000).toFixed(1)} s`,
    ...(events.warmUp === 0 ? [] : [`${events.warmUp} earlier ones were read, as far as windows reach back`]),
    ...(events.outOfOrder === 0
      ? []
      : [`${events.outOfOrder} came after younger ones, and were put where they belong`]),
    ...(badLines.total === 0 ? [] : [`${badLines.total} lines are no event:`, ...bad(badLines)]),
    ...problems.map(({ reason, count }) => `${count} times: ${reason}`),
    ...(suppressed === null || suppressed === 0
      ? []
      : [`${suppressed} events were hidden from a rule by suppressions`]),
    `${alerts.total} alerts about ${entities.total} entities`,
    ...(rules.length === 0
      ? []
      : [
          table(
            ['rule', 'alerts', 'entities'],
            rules.map((rule) => [rule.ruleId, String(rule.alerts), String(rule.entities)]),
          ),
        ]),
    ...(curve === null
      ? []
      : [`highest ${curve.measure}: ${curve.highest ?? 'unknown'}; the rule has ${curve.varied} ${curve.threshold}`]),
    ...(change === null ? [] : changed(change)),
    proof.statement,
  ].join('\n')
}

const iso = (time: Date): string => time.toISOString()

const bad = ({ total, rows }: BacktestResult['badLines']): string[] => [
  ...rows.slice(0, shownLines).map(({ line, reason }) => `  line ${line}: ${reason}`),
  ...(total > shownLines ? [`  and ${total - shownLines} more`] : []),
]

function changed({ before, gained, lost }: NonNullable<BacktestResult['change']>): string[] {
  const named = ({ rows, total }: { rows: readonly EntityAlerts[]; total: number }): string =>
    `${total}${
      total === 0
        ? ''
        : `: ${rows
            .slice(0, shownLines)
            .map(({ entity }) => JSON.stringify(entity))
            .join(', ')}`
    }${total > shownLines ? ', ...' : ''}`
  return [
    `as the rules run now: ${before.alerts} alerts about ${before.entities} entities`,
    `entities gained: ${named(gained)}`,
    `entities lost: ${named(lost)}`,
  ]
}
