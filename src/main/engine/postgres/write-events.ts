import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { eventTables, type EventTable } from './event-columns.ts'
import { identityOf, insertEvents } from './insert-events.ts'
import { withoutKnown } from './known-events.ts'
import { noteTransaction } from './note-transaction.ts'
import { boundariesOf, lockFor } from './session-lives.ts'
import { settleBoundaries, type SettleOptions } from './settle-boundaries.ts'

export interface WriteOptions extends SettleOptions {
  /** Many of the events are stored already: these are found and left out first. */
  lookFirst?: boolean
}

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
  { lookFirst = false, ...options }: WriteOptions = {},
): Promise<{ stored: AuditEvent[] }> {
  const distinct = withoutRepeats(events)
  const unknown = lookFirst ? await eachTable(distinct, (table, rows) => withoutKnown(tx, table, rows)) : distinct
  if (unknown.length === 0) return { stored: [] }
  const boundaries = boundariesOf(unknown)
  await noteTransaction(tx, unknown, lockFor(boundaries))
  const settled = await settleBoundaries(tx, unknown, boundaries, options)
  return { stored: [...(await eachTable(settled, (table, rows) => insertEvents(tx, table, rows)))] }
}

/** Has `pick` choose among the events of each table, one after the other. @returns what it chose, in the order of `events` */
async function eachTable(
  events: readonly AuditEvent[],
  pick: (table: EventTable, rows: readonly AuditEvent[]) => Promise<readonly AuditEvent[]>,
): Promise<readonly AuditEvent[]> {
  const rows: Record<AuditEvent['kind'], AuditEvent[]> = { session: [], log: [] }
  for (const event of events) rows[event.kind].push(event)
  const sessions = await pick(eventTables.session, rows.session)
  const logs = await pick(eventTables.log, rows.log)
  if (sessions.length + logs.length === events.length) return events
  const picked = new Set([...sessions, ...logs])
  return events.filter((event) => picked.has(event))
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
