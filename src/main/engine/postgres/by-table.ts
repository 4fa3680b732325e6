import type { AuditEvent } from '../../../shared/model/event.ts'
import { eventTables, type EventTable } from './event-columns.ts'

/** Has `pick` choose among the events of each table, one after the other. @returns what it chose, in the order of `events` */
export async function byTable(
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
