import type { BacktestResult, EntityAlerts } from '../../../../../shared/model/backtest.ts'
import { Mark, type Tone } from '../../../../components/Mark.tsx'
import { PivotValue } from '../../../../components/PivotValue.tsx'
import { formatCount, formatNumber } from '../../../../text/format.ts'
import classes from './Backtest.module.css'

interface ChangeProps {
  readonly change: NonNullable<BacktestResult['change']>
  readonly alerts: number
  readonly entities: number
}

/** Against the rules as they run: who would come to light, and who would go unseen. */
export const Change = ({ change: { before, gained, lost }, alerts, entities }: ChangeProps) => (
  <section aria-labelledby="backtest-change">
    <h3 id="backtest-change">Against the rule as it runs</h3>
    <p className={classes.line}>
      {formatCount(before.alerts, 'alert')} of {formatCount(before.entities, 'entity', 'entities')} as it runs;{' '}
      {formatCount(alerts, 'alert')} of {formatCount(entities, 'entity', 'entities')} so.
    </p>
    <div className={classes.sides}>
      <Side title="Gained" tone="info" list={gained} none="Nobody comes to light who was not seen." />
      <Side title="Lost" tone="warning" list={lost} none="Nobody who was seen goes unseen." />
    </div>
  </section>
)

interface SideProps {
  readonly title: string
  readonly tone: Tone
  readonly list: { readonly total: number; readonly rows: readonly EntityAlerts[] }
  readonly none: string
}

/** As many as a dialog can hold. */
const mostShown = 50

const Side = ({ title, tone, list, none }: SideProps) => (
  <div>
    <h4>
      <Mark tone={tone}>
        {title}: {formatCount(list.total, 'entity', 'entities')}
      </Mark>
    </h4>
    {list.total === 0 && <p className="gh-muted">{none}</p>}
    <ul className={classes.entities}>
      {list.rows.slice(0, mostShown).map(({ entityKind, entity, alerts }) => (
        <li key={`${entityKind} ${entity}`}>
          <span className="gh-muted">{entityKind}</span>{' '}
          {entityKind === 'system' ? entity : <PivotValue field={entityKind} value={entity} mono />}{' '}
          <span className="gh-muted">{formatCount(alerts, 'alert')}</span>
        </li>
      ))}
    </ul>
    {list.total > mostShown && <p className="gh-muted">and {formatNumber(list.total - mostShown)} more</p>}
  </div>
)
