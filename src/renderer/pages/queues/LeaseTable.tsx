import type { BatchLease } from '../../../shared/model/queue.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { Mark } from '../../components/Mark.tsx'
import { ScrollTable } from '../../components/table/ScrollTable.tsx'
import { formatDuration, formatNumber } from '../../text/format.ts'

/** Batches that a worker has taken and not finished. One whose lease ran out is taken over by another worker. */
export function LeaseTable({ leases }: { leases: readonly BatchLease[] }) {
  if (leases.length === 0) {
    return (
      <EmptyNote title="No batch is under way">
        A batch is here from its claim until PostgreSQL has committed it.
      </EmptyNote>
    )
  }
  return (
    <ScrollTable label="Batches under lease" headings={['Lease', 'Batch', 'Worker', { number: 'Items' }]} fit="page">
      {leases.map(({ batchId, owner, size, remainingMs }) => (
        <tr key={batchId}>
          <td>
            {remainingMs < 0 ? (
              <Mark tone="warning">ran out {formatDuration(-remainingMs)} ago</Mark>
            ) : (
              <Mark tone="ok">{formatDuration(remainingMs)} left</Mark>
            )}
          </td>
          <td className="gh-mono">{batchId}</td>
          <td className="gh-mono">{owner}</td>
          <td data-align="end">{formatNumber(size)}</td>
        </tr>
      ))}
    </ScrollTable>
  )
}
