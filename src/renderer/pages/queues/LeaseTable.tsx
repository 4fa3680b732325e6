import type { BatchLease } from '../../../shared/model/queue.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { Mark } from '../../components/Mark.tsx'
import { formatDuration, formatNumber } from '../../text/format.ts'
import classes from './Queues.module.css'

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
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Batches under lease">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Lease</th>
            <th scope="col">Batch</th>
            <th scope="col">Worker</th>
            <th scope="col" data-align="end">
              Items
            </th>
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
    </div>
  )
}
