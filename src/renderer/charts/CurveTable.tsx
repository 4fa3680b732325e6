import { ScrollTable } from '../components/table/ScrollTable.tsx'
import { formatNumber } from '../text/format.ts'
import type { CurveChartProps } from './CurveChart.tsx'

/** What a curve draws, as numbers. */
export const CurveTable = ({ title, over, x, lines }: Omit<CurveChartProps, 'mark'>) => (
  <ScrollTable label={`${title}, numbers`} headings={[over, ...lines.map(({ label }) => ({ number: label }))]}>
    {x.map((value, at) => (
      <tr key={value}>
        <td>{formatNumber(value)}</td>
        {lines.map(({ label, values }) => (
          <td data-align="end" key={label}>
            {formatNumber(values[at] ?? 0)}
          </td>
        ))}
      </tr>
    ))}
  </ScrollTable>
)
