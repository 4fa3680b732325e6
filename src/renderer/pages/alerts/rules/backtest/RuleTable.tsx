import type { RuleAlerts } from '../../../../../shared/model/backtest.ts'
import { Mark } from '../../../../components/Mark.tsx'
import { severityTone } from '../../../../components/tones.ts'
import { formatNumber } from '../../../../text/format.ts'
import table from '../Rules.module.css'

/** How much each rule would have shown. */
export const RuleTable = ({ rules }: { rules: readonly RuleAlerts[] }) => (
  <section aria-labelledby="backtest-rules">
    <h3 id="backtest-rules">By rule</h3>
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">Rule</th>
          <th scope="col" data-align="end">
            Alerts
          </th>
          <th scope="col" data-align="end">
            Entities
          </th>
        </tr>
      </thead>
      <tbody>
        {rules.map(({ ruleId, title, severity, alerts, entities }) => (
          <tr key={ruleId}>
            <td>
              <Mark tone={severityTone[severity]}>{severity}</Mark>
            </td>
            <td>{title}</td>
            <td data-align="end">{formatNumber(alerts)}</td>
            <td data-align="end">{formatNumber(entities)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
