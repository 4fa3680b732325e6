import type { RuleAlerts } from '../../../../../shared/model/backtest.ts'
import { Mark } from '../../../../components/Mark.tsx'
import { ScrollTable } from '../../../../components/table/ScrollTable.tsx'
import { severityTone } from '../../../../components/tones.ts'
import { formatNumber } from '../../../../text/format.ts'

/** How much each rule would have shown. */
export const RuleTable = ({ rules }: { rules: readonly RuleAlerts[] }) => (
  <section aria-labelledby="backtest-rules">
    <h3 id="backtest-rules">By rule</h3>
    <ScrollTable label="By rule" headings={['Severity', 'Rule', { number: 'Alerts' }, { number: 'Entities' }]}>
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
    </ScrollTable>
  </section>
)
