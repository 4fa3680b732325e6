import { Modal } from '@mantine/core'
import { preferences } from '../app/preferences.ts'
import { useStore } from '../app/store.ts'
import { formatDateTime } from '../text/format.ts'
import type { ChartColumns } from './chart-data.ts'
import type { ChartSpec } from './chart-spec.ts'
import classes from './Chart.module.css'

interface ChartTableProps {
  readonly spec: ChartSpec
  readonly columns: ChartColumns
  readonly onClose: () => void
}

/** What a chart draws, as numbers, newest first. A stretch that was not measured is a row that says so. */
export function ChartTable({ spec, columns: [x, ...columns], onClose }: ChartTableProps) {
  const zone = useStore(preferences.timeZone)
  const newestFirst = x.map((_, at) => x.length - 1 - at)
  return (
    <Modal opened onClose={onClose} title={spec.title} size={480}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there */}
      <div className={classes.tableBox} tabIndex={0} role="region" aria-label={`${spec.title}, numbers`}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {spec.series.map(({ key, label }) => (
                <th key={key} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {newestFirst.map((at) => (
              <tr key={at}>
                <td>{formatDateTime(new Date((x[at] ?? 0) * 1000), zone)}</td>
                {spec.series.map(({ key }, column) => {
                  const value = columns[column]?.[at]
                  return (
                    <td key={key}>{value === null || value === undefined ? 'not measured' : spec.format(value)}</td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Modal>
  )
}
