import type { QueueName, QueuePressure, QueueStatus } from '../../../shared/model/queue.ts'
import { Tile, Tiles } from '../../components/Tile.tsx'
import { formatDuration, formatNumber } from '../../text/format.ts'

const titles: Readonly<Record<QueueName, string>> = {
  queue: 'Waiting',
  critical: 'Critical, waiting',
  stream: 'Stream, waiting',
  failed: 'Failed',
}

interface QueueTilesProps {
  queues: readonly QueueStatus[]
  leases: number | null
  pressure: QueuePressure | null
}

const overflowTone = ({ overflowEvents, droppedEvents }: QueuePressure) =>
  droppedEvents > 0 ? 'critical' : overflowEvents > 0 ? 'warning' : undefined

function toneOf({ name, depth }: QueueStatus, pressure: QueuePressure | null) {
  if (name === 'failed' && depth > 0) return 'warning'
  return name === 'queue' && pressure !== null && depth > pressure.depthLimit ? 'warning' : undefined
}

/** Depth of each queue, how long its oldest item has been there, and what met the limit. */
export const QueueTiles = ({ queues, leases, pressure }: QueueTilesProps) => (
  <Tiles>
    {queues.map((queue) => (
      <Tile
        key={queue.name}
        title={titles[queue.name]}
        value={formatNumber(queue.depth)}
        tone={toneOf(queue, pressure)}
        note={
          <>
            <code>{queue.key}</code>
            {queue.oldestAgeMs !== null && <>, oldest {formatDuration(queue.oldestAgeMs)}</>}
            {queue.name === 'queue' && pressure !== null && <>, limit {formatNumber(pressure.depthLimit)}</>}
          </>
        }
      />
    ))}
    {pressure !== null && (
      <Tile
        title="Overflow"
        value={formatNumber(pressure.overflowEvents)}
        tone={overflowTone(pressure)}
        note={`met the limit; ${formatNumber(pressure.droppedEvents)} dropped by producers`}
      />
    )}
    {leases !== null && (
      <Tile title="Batches under lease" value={formatNumber(leases)} note="being written to PostgreSQL" />
    )}
  </Tiles>
)
