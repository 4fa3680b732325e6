import { GatehouseError } from '../../../shared/errors.ts'
import type { EventId } from '../../../shared/model/ids.ts'

/** The queues that batches are claimed from. */
export type SourceQueue = 'queue' | 'critical' | 'stream'

const pattern = /^(\d{1,15})-(queue|critical|stream)-[0-9a-f]{16}$/

/**
 * What a batch id says. Of a list it is made once, by the claim, inside Redis (claim.ts):
 * `<Redis time of the claim, ms>-<queue>-<16 random hex digits>`. The time is what items without one are dated with, so
 * whoever adopts the batch dates them alike; the random digits keep a Redis that was set back to an older state from
 * giving an id twice. Of a stream it is made from the entries: the time of the first, and digits of a hash over all ids.
 * @throws GatehouseError INTERNAL when the text is no batch id
 */
export function parseBatchId(batchId: string): { claimedAt: Date; source: SourceQueue } {
  const [, ms, source] = pattern.exec(batchId) ?? []
  if (ms === undefined) {
    throw new GatehouseError(
      'INTERNAL',
      `"${batchId.slice(0, 100)}" is no batch id: something else wrote to the leases.`,
    )
  }
  return { claimedAt: new Date(Number(ms)), source: source as SourceQueue }
}

/** A batch has 5,000 items at most (config-schema.ts). */
const indexDigits = 4

/**
 * Identity of the item at `index` of a batch, for an event that came without one. As texts, identities of one batch are in
 * the order of its items, in which readers of stored events take those of one millisecond.
 */
export const itemIdentity = (batchId: string, index: number): EventId =>
  `${batchId}:${String(index).padStart(indexDigits, '0')}` as EventId

/** The batch that an item's identity names, or null where it has another form. */
export function batchOfIdentity(identity: string): string | null {
  const batchId = identity.slice(0, Math.max(identity.lastIndexOf(':'), 0))
  return pattern.test(batchId) ? batchId : null
}
