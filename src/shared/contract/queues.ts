import { z } from 'zod'
import { BatchLease, FailedItem, QueueItem, QueueName, QueuePressure, QueueStatus } from '../model/queue.ts'
import { base, ReasonText } from './base.ts'

/** Failed items to act on: some by identity, or all that there are now. */
const selection = z.union([
  z.object({ failedIds: z.array(z.string().max(600)).min(1).max(1000) }),
  z.object({ all: z.literal(true) }),
])

export const queues = {
  status: base
    .route({ summary: 'Where the queues stand, who holds which batch, how near the limit is.' })
    .output(z.object({ queues: z.array(QueueStatus), leases: z.array(BatchLease), pressure: QueuePressure })),
  peek: base
    .route({ summary: 'A look at waiting items, oldest first, without touching them.' })
    .input(
      z.object({
        name: QueueName.exclude(['failed']),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ items: z.array(QueueItem), depth: z.number() })),
  failed: base
    .route({ summary: 'Items that could not be stored, each with its reason.' })
    .input(
      z.object({ offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(500).default(100) }),
    )
    .output(z.object({ items: z.array(FailedItem), depth: z.number() })),
  requeue: base
    .route({
      summary: 'Puts failed items back at the tail of the queue, under the same identity.',
      description: 'The act is recorded.',
    })
    .input(z.object({ selection, reason: ReasonText }))
    .output(z.object({ moved: z.number() })),
  discard: base
    .route({ summary: 'Removes failed items for good.', description: 'The act is recorded with what was discarded.' })
    .input(z.object({ selection, reason: ReasonText }))
    .output(z.object({ discarded: z.number() })),
}
