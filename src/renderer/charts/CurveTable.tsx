import { formatNumber } from '../text/format.ts'
import type { CurveChartProps } from './CurveChart.tsx'
import classes from './Chart.module.css'

/** What a curve draws, as numbers. */
export const CurveTable = ({ title, over, x, lines }: Omit<CurveChartProps, 'mark'>) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there
  <div className={classes.tableBox} tabIndex={0} role="region" aria-label={`${title}, numbers`}>
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{over}</th>
          {lines.map(({ label }) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {x.map((value, at) => (
          <tr key={value}>
            <td>{formatNumber(value)}</td>
            {lines.map(({ label, values }) => (
              <td key={label}>{formatNumber(values[at] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
