import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'

const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
const camelRow = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [camel(name), value]))

export function eventFromRow(row: Record<string, unknown>): AuditEvent {
  const { tx: _tx, ...event } = camelRow(row)
  return event as AuditEvent
}
export function sessionFromRow(row: Record<string, unknown>): Session {
  const { valueHash: _hash, ...session } = camelRow(row)
  return { ...session, apiCallCount: Number(session.apiCallCount) } as Session
}
