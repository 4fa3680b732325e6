import { Modal } from '@mantine/core'
import { preferences } from '../app/preferences.ts'
import { useStore } from '../app/store.ts'
import { ScrollTable } from '../components/table/ScrollTable.tsx'
import { formatDateTime } from '../text/format.ts'
import type { ChartColumns } from './chart-data.ts'
import type { ChartSpec } from './chart-spec.ts'

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
      <ScrollTable
        label={`${spec.title}, numbers`}
        headings={['Time', ...spec.series.map(({ label }) => ({ number: label }))]}
      >
        {newestFirst.map((at) => (
          <tr key={at}>
            <td>{formatDateTime(new Date((x[at] ?? 0) * 1000), zone)}</td>
            {spec.series.map(({ key }, column) => {
              const value = columns[column]?.[at]
              return (
                <td data-align="end" key={key}>
                  {value === null || value === undefined ? 'not measured' : spec.format(value)}
                </td>
              )
            })}
          </tr>
        ))}
      </ScrollTable>
    </Modal>
  )
}
