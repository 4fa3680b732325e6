import type { AuditEvent } from '../../../../shared/model/event.ts'
import { giveWay } from '../../giving-way.ts'
import { withoutNumbers, type Problems } from '../../problems.ts'
import type { SessionIds } from '../../session-ids.ts'
import { originsOf, type BatchOrigin } from '../origin.ts'
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

type Claimed = BatchOrigin & { items: readonly Buffer[] }

/** Items decoded in one go: half a millisecond. Whatever else waits, critical events above all, goes between. */
const sliceSize = 100

/**
 * Decodes the items of a batch; what is bad is counted in `problems` and stops nothing. The same items always give the
 * same events, whoever decodes them.
 * @throws GatehouseError POSTGRES_UNAVAILABLE while session ids cannot be hashed, INTERNAL for an unknown batch id
 */
export function decodeBatch(batch: Claimed, sessionIds: SessionIds, problems: Problems): DecodedBatch {
  const decoded: DecodedBatch = { events: [], indexes: [], refused: [] }
  decodeSlice(batch, 0, batch.items.length, sessionIds, problems, decoded)
  return decoded
}

/** decodeBatch, which lets others work in between. Fails as it does. */
export async function decodeInSlices(
  batch: Claimed,
  sessionIds: SessionIds,
  problems: Problems,
): Promise<DecodedBatch> {
  const decoded: DecodedBatch = { events: [], indexes: [], refused: [] }
  for (let from = 0; from < batch.items.length; from += sliceSize) {
    if (from > 0) await giveWay()
    decodeSlice(batch, from, Math.min(from + sliceSize, batch.items.length), sessionIds, problems, decoded)
  }
  return decoded
}

function decodeSlice(
  batch: Claimed,
  from: number,
  to: number,
  sessionIds: SessionIds,
  problems: Problems,
  decoded: DecodedBatch,
): void {
  const originOf = originsOf(batch)
  for (let index = from; index < to; index++) {
    const bytes = batch.items[index]
    if (bytes === undefined) break
    const origin = originOf(index)
    const result = decodeItem(bytes, origin, sessionIds)
    if ('refusal' in result) {
      decoded.refused.push({ index, reason: result.refusal })
      problems.report('queue', `not stored: ${withoutNumbers(result.refusal)}`, origin.identity)
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
}
