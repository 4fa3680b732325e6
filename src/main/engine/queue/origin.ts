import type { EventId } from '../../../shared/model/ids.ts'
import { batchOfIdentity, itemIdentity, parseBatchId, type SourceQueue } from './batch-id.ts'

/** Where the items of a batch came from: what one lacks is taken from there. */
export interface BatchOrigin {
  batchId: string
}

/** The same of one item. */
export interface ItemOrigin {
  /** Identity of an event that came without one. */
  identity: EventId
  /** The time of an event that came without one; fixed before anybody stores it, so that whoever does, dates it alike. */
  at: Date
  source: SourceQueue
}

/**
 * The origin of each item of a batch, by its place.
 * @throws GatehouseError INTERNAL for an unknown batch id
 */
export function originsOf({ batchId }: BatchOrigin): (index: number) => ItemOrigin {
  const { claimedAt, source } = parseBatchId(batchId)
  return (index) => ({ identity: itemIdentity(batchId, index), at: claimedAt, source })
}

/** The time that goes with an identity which an item got from its origin; null for any other text. */
export function timeOfIdentity(identity: string): Date | null {
  const batchId = batchOfIdentity(identity)
  return batchId === null ? null : parseBatchId(batchId).claimedAt
}
