import { z } from 'zod'
import { BatchLease, FailedItem, QueueItem, QueueName, QueuePressure, QueueStatus } from '../model/queue.ts'
import { base } from './base.ts'

const reason = z.string().trim().min(3).max(2000)

/** Failed items to act on: some by identity, or all that there are now. */
const selection = z.union([
  z.object({ failedIds: z.array(z.string().max(600)).min(1).max(1000) }),
  z.object({ all: z.literal(true) }),
])

export const queues = {
  status: base.output(z.object({ queues: z.array(QueueStatus), leases: z.array(BatchLease), pressure: QueuePressure })),
  /** A look at waiting items, oldest first, without touching them. */
  peek: base
    .input(
      z.object({
        name: QueueName.exclude(['failed']),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ items: z.array(QueueItem), depth: z.number() })),
  failed: base
    .input(
      z.object({ offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(500).default(100) }),
    )
    .output(z.object({ items: z.array(FailedItem), depth: z.number() })),
  /** Puts failed items back at the tail of the queue, under the same identity. The act is recorded. */
  requeue: base.input(z.object({ selection, reason })).output(z.object({ moved: z.number() })),
  /** Removes failed items for good. The act is recorded with what was discarded. */
  discard: base.input(z.object({ selection, reason })).output(z.object({ discarded: z.number() })),
}
