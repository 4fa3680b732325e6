import type { BacktestResult } from '../../../../../shared/model/backtest.ts'
import { Mark } from '../../../../components/Mark.tsx'
import { Tile, Tiles } from '../../../../components/Tile.tsx'
import { formatCount, formatDuration, formatNumber } from '../../../../text/format.ts'
import { Proof } from '../proof/Proof.tsx'
import { Change } from './Change.tsx'
import { CurveView } from './CurveView.tsx'
import { Findings } from './Findings.tsx'
import { RuleTable } from './RuleTable.tsx'
import classes from './Backtest.module.css'

const sourceWords = { postgres: 'PostgreSQL', cache: 'the cache', file: 'a file' } as const

/** What a back-test found. */
export function Result({ result }: { result: BacktestResult }) {
  const { source, events, badLines, alerts, rules, entities, suppressed, curve, change, problems, proof, tookMs } =
    result
  return (
    <div className={classes.result}>
      <Tiles>
        <Tile
          title="Alerts"
          value={formatNumber(alerts.total)}
          note={`of ${formatCount(entities.total, 'entity', 'entities')}`}
        />
        <Tile
          title="Events read"
          value={formatNumber(events.count)}
          note={`from ${source.name ?? sourceWords[source.kind]}, in ${formatDuration(tookMs)}`}
        />
        <Tile
          title="Left out"
          value={suppressed === null ? '–' : formatNumber(suppressed)}
          note={suppressed === null ? 'suppressions were not applied' : 'by suppressions, once a rule'}
        />
      </Tiles>
      {badLines.total > 0 && (
        <p className={classes.line}>
          <Mark tone="warning">{formatCount(badLines.total, 'line')} of the file are no event and were left out:</Mark>{' '}
          {badLines.rows
            .slice(0, 3)
            .map(({ line, reason }) => `line ${line}: ${reason}`)
            .join('; ')}
        </p>
      )}
      {problems.map(({ reason, count }) => (
        <p key={reason} className={classes.line}>
          <Mark tone="warning">{reason}</Mark> {formatCount(count, 'time')}
        </p>
      ))}
      {curve !== null && <CurveView curve={curve} />}
      {change !== null && <Change change={change} alerts={alerts.total} entities={entities.total} />}
      {rules.length > 1 && <RuleTable rules={rules} />}
      <Findings alerts={alerts} />
      <Proof proof={proof} />
    </div>
  )
}
