import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { byTable } from './by-table.ts'
import { copyEvents } from './copy-events.ts'
import { columnNames, type EventTable } from './event-columns.ts'
import { withoutKnown } from './known-events.ts'
import { sqlstateOf } from './sqlstate.ts'

/** Up to here one INSERT is as fast as COPY, and tells which rows were there before without a second try. */
const insertLimit = 300
const uniqueViolation = '23505'

/**
 * Stores the events that the tables do not hold yet.
 * @param events no two with the same time and id
 * @param committing the transaction ends here if all events are stored, and COMMIT may go along with the last of them;
 * called before it is sent
 * @returns those that were stored, in their order
 */
export async function insertEvents(
  tx: PoolClient,
  events: readonly AuditEvent[],
  committing: (() => void) | null = null,
): Promise<readonly AuditEvent[]> {
  if (events.length > insertLimit) {
    committing?.()
    if (await copyUnlessKnown(tx, events, committing === null ? '' : '; COMMIT')) return events
    const unknown = await byTable(events, (table, rows) => withoutKnown(tx, table, rows))
    if (unknown.length > insertLimit && (await copyUnlessKnown(tx, unknown))) return unknown
    // Few, or somebody stores the same events at this moment.
    return insertFew(tx, unknown)
  }
  return insertFew(tx, events)
}

const insertFew = (tx: PoolClient, events: readonly AuditEvent[]) =>
  byTable(events, (table, rows) => insertNew(tx, table, rows))

/** @returns false where one of the events is stored already; then none of them is stored now */
async function copyUnlessKnown(tx: PoolClient, events: readonly AuditEvent[], ending = ''): Promise<boolean> {
  try {
    await copyEvents(tx, events, {
      before: 'SAVEPOINT copy_events',
      after: `RELEASE SAVEPOINT copy_events${ending}`,
    })
    return true
  } catch (error) {
    if (sqlstateOf(error) !== uniqueViolation) throw error
    await tx.query('ROLLBACK TO SAVEPOINT copy_events; RELEASE SAVEPOINT copy_events')
    return false
  }
}

async function insertNew(
  tx: PoolClient,
  table: EventTable,
  events: readonly AuditEvent[],
): Promise<readonly AuditEvent[]> {
  if (events.length === 0) return []
  const arrays = table.columns.map(({ type }, index) => `$${index + 1}::${type}[]`)
  const { rows } = await tx.query<{ created_at: Date; event_id: string }>(
    `INSERT INTO ${table.name} (${columnNames(table)}) SELECT * FROM unnest(${arrays.join(', ')})
     ON CONFLICT (created_at, event_id) DO NOTHING RETURNING created_at, event_id`,
    table.columns.map(({ text }) => events.map(text)),
  )
  if (rows.length === events.length) return events
  const inserted = new Set(rows.map((row) => identityOf(row.created_at, row.event_id)))
  return events.filter((event) => inserted.has(identityOf(event.createdAt, event.eventId)))
}

/** Both halves of an event's key as one text. */
export const identityOf = (createdAt: Date, eventId: string): string => `${createdAt.getTime()} ${eventId}`
