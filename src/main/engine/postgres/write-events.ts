import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { eventTables } from './event-columns.ts'
import { identityOf, insertEvents } from './insert-events.ts'
import { noteTransaction } from './note-transaction.ts'
import { boundariesOf, lockFor } from './session-lives.ts'
import { settleBoundaries, type SettleOptions } from './settle-boundaries.ts'

/**
 * Stores events, each once: an event whose time and id are stored already, or that the mirror inferred and the
 * application has reported, is left out. Call it last in its transaction, because it takes a lock that all writers
 * share until the transaction ends (see settle-boundaries.ts).
 * @returns those that were really stored, as they were stored, in their order
 * @throws DatabaseError when one of them cannot be stored (`classify` says "data"); then none of them is
 */
export async function writeEvents(
  tx: PoolClient,
  events: readonly AuditEvent[],
  options: SettleOptions = {},
): Promise<{ stored: AuditEvent[] }> {
  if (events.length === 0) return { stored: [] }
  const distinct = withoutRepeats(events)
  const boundaries = boundariesOf(distinct)
  await noteTransaction(tx, distinct, lockFor(boundaries))
  const settled = await settleBoundaries(tx, distinct, boundaries, options)
  const ofKind = (kind: AuditEvent['kind']) => settled.filter((event) => event.kind === kind)
  const stored = [
    ...(await insertEvents(tx, eventTables.session, ofKind('session'))),
    ...(await insertEvents(tx, eventTables.log, ofKind('log'))),
  ]
  if (stored.length === settled.length) return { stored: [...settled] }
  const kept = new Set(stored)
  return { stored: settled.filter((event) => kept.has(event)) }
}

/** Of events with the same identity the first. */
function withoutRepeats(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const ids = new Set<string>()
  for (const { eventId } of events) ids.add(eventId)
  if (ids.size === events.length) return events
  const seen = new Set<string>()
  return events.filter((event) => {
    const before = seen.size
    seen.add(`${event.kind} ${identityOf(event.createdAt, event.eventId)}`)
    return seen.size > before
  })
}
