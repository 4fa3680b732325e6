import type { EventId } from '../../../shared/model/ids.ts'
import { batchOfIdentity, itemIdentity, parseBatchId, type SourceQueue } from './batch-id.ts'
import { timeOfEntry } from './stream/entry.ts'

/** Where the items of a batch came from: what one lacks is taken from there. */
export interface BatchOrigin {
  batchId: string
  /** Of a batch from a stream: the stream's key, and the id of the entry that each item was. */
  entries?: { stream: string; ids: readonly string[] }
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
export function originsOf({ batchId, entries }: BatchOrigin): (index: number) => ItemOrigin {
  const { claimedAt, source } = parseBatchId(batchId)
  if (entries !== undefined) {
    return (index) => {
      const id = entries.ids[index] ?? ''
      return { identity: entryIdentity(entries.stream, id), at: timeOfEntry(id), source }
    }
  }
  return (index) => ({ identity: itemIdentity(batchId, index), at: claimedAt, source })
}

/** An entry is itself in whichever batch it comes. Keys may hold any bytes, identities only what can be printed. */
const entryIdentity = (stream: string, id: string): EventId => `${encodeURI(stream.toWellFormed())}@${id}` as EventId
const entryPattern = /^[!-~]+@(\d{1,20}-\d{1,20})$/

/** The time that goes with an identity which an item got from its origin; null for any other text. */
export function timeOfIdentity(identity: string): Date | null {
  const batchId = batchOfIdentity(identity)
  if (batchId !== null) return parseBatchId(batchId).claimedAt
  const entryId = entryPattern.exec(identity)?.[1]
  return entryId === undefined ? null : timeOfEntry(entryId)
}
