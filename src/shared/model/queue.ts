import { z } from 'zod'

export const QueueName = z.enum(['queue', 'critical', 'stream', 'failed'])
export type QueueName = z.infer<typeof QueueName>

/** Where the audit queue stands. Ages are by Redis time. */
export const QueueStatus = z.object({
  name: QueueName,
  /** The key in Redis; where failed items lie in several lists (a Cluster), all of them. */
  key: z.string(),
  /** What waits; of a stream, what its group has not read. */
  depth: z.number(),
  /** Age of the oldest item where it carries a time, else null. */
  oldestAgeMs: z.number().nullable(),
})
export type QueueStatus = z.infer<typeof QueueStatus>

/** How the queue stands to its limit. Overflow and drops are those that the live status counts. */
export const QueuePressure = z.object({
  depthLimit: z.number(),
  overflowEvents: z.number(),
  droppedEvents: z.number(),
})
export type QueuePressure = z.infer<typeof QueuePressure>

/** A batch that some worker holds under a lease. */
export const BatchLease = z.object({
  batchId: z.string(),
  owner: z.string(),
  size: z.number(),
  /** Milliseconds until the lease runs out; negative once it may be adopted. */
  remainingMs: z.number(),
})
export type BatchLease = z.infer<typeof BatchLease>

/** One item as it lies in a queue: text with the session id replaced, cut at 8 KiB. */
export const QueueItem = z.object({ index: z.number(), text: z.string(), bytes: z.number() })
export type QueueItem = z.infer<typeof QueueItem>

/** What could not be written: the raw item, and why. `failedId` is the identity that a re-queue keeps. */
export const FailedItem = z.object({
  failedId: z.string(),
  failedAt: z.date(),
  reason: z.string(),
  batchId: z.string(),
  text: z.string(),
  bytes: z.number(),
})
export type FailedItem = z.infer<typeof FailedItem>
