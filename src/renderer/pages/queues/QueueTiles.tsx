import type { QueueName, QueueStatus } from '../../../shared/model/queue.ts'
import { Tile, Tiles } from '../../components/Tile.tsx'
import { formatDuration, formatNumber } from '../../text/format.ts'

const titles: Readonly<Record<QueueName, string>> = {
  queue: 'Waiting',
  critical: 'Critical, waiting',
  failed: 'Failed',
}

/** Depth of each queue, and how long its oldest item has been there. */
export const QueueTiles = ({ queues, leases }: { queues: readonly QueueStatus[]; leases: number | null }) => (
  <Tiles>
    {queues.map(({ name, key, depth, oldestAgeMs }) => (
      <Tile
        key={name}
        title={titles[name]}
        value={formatNumber(depth)}
        tone={name === 'failed' && depth > 0 ? 'warning' : undefined}
        note={
          <>
            <code>{key}</code>
            {oldestAgeMs !== null && <>, oldest {formatDuration(oldestAgeMs)}</>}
          </>
        }
      />
    ))}
    {leases !== null && (
      <Tile title="Batches under lease" value={formatNumber(leases)} note="being written to PostgreSQL" />
    )}
  </Tiles>
)
