import type { AuditEvent } from '../../../../shared/model/event.ts'
import { withoutNumbers, type Problems } from '../../problems.ts'
import type { SessionIds } from '../../session-ids.ts'
import { itemIdentity, parseBatchId } from '../batch-id.ts'
import { decodeItem } from './item.ts'

/** An item that cannot be stored, by its place in the batch. */
export interface Refused {
  index: number
  reason: string
}

/** A batch as it will be stored: `indexes[i]` is the place in the batch of `events[i]`. */
export interface DecodedBatch {
  events: AuditEvent[]
  indexes: number[]
  refused: Refused[]
}

/**
 * Decodes the items of a batch; what is bad is counted in `problems` and stops nothing. The same items always give the
 * same events, whoever decodes them.
 * @throws GatehouseError POSTGRES_UNAVAILABLE while session ids cannot be hashed, INTERNAL for an unknown batch id
 */
export function decodeBatch(
  batch: { batchId: string; items: readonly Buffer[] },
  sessionIds: SessionIds,
  problems: Problems,
): DecodedBatch {
  const { batchId, items } = batch
  const { claimedAt, source } = parseBatchId(batchId)
  const decoded: DecodedBatch = { events: [], indexes: [], refused: [] }
  for (const [index, bytes] of items.entries()) {
    const result = decodeItem(bytes, { batchId, claimedAt, source, index }, sessionIds)
    if ('refusal' in result) {
      decoded.refused.push({ index, reason: result.refusal })
      problems.report('queue', `not stored: ${withoutNumbers(result.refusal)}`, itemIdentity(batchId, index))
      continue
    }
    decoded.events.push(result.event)
    decoded.indexes.push(index)
    for (const note of result.notes) {
      // Notes are "<field>: <what>"; fields of metadata are named by the application, so only the rest is a reason.
      const what = note.slice(note.lastIndexOf(': ') + 2)
      problems.report('queue', `stored with a change: ${withoutNumbers(what)}`, `${result.event.eventId} ${note}`)
    }
  }
  return decoded
}
