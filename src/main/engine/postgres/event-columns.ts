import type { AuditEvent } from '../../../shared/model/event.ts'
import { isoTime } from '../iso-time.ts'

/** A column of an event table as it is written: its text in PostgreSQL's own notation, or null. */
export interface Column {
  name: string
  type: string
  text: (event: AuditEvent) => string | null
}

/** Where events of one kind are stored. */
export interface EventTable {
  name: 'audit_sessions' | 'audit_logs'
  columns: readonly Column[]
}

const time = (at: Date | null): string | null => (at === null ? null : isoTime(at))
const flag = (value: boolean | null): string | null => (value === null ? null : value ? 't' : 'f')

export const eventTables: Readonly<Record<AuditEvent['kind'], EventTable>> = {
  session: {
    name: 'audit_sessions',
    columns: [
      { name: 'event_id', type: 'text', text: (event) => event.eventId },
      { name: 'user_id', type: 'text', text: (event) => event.userId },
      { name: 'session_id', type: 'text', text: (event) => event.sessionId },
      { name: 'event_type', type: 'text', text: (event) => event.type },
      { name: 'ip_address', type: 'inet', text: (event) => event.ipAddress },
      { name: 'user_agent', type: 'text', text: (event) => event.userAgent },
      { name: 'country', type: 'text', text: (event) => event.country },
      { name: 'auth_method', type: 'text', text: (event) => event.authMethod },
      { name: 'created_at', type: 'timestamptz', text: (event) => time(event.createdAt) },
      { name: 'expires_at', type: 'timestamptz', text: (event) => time(event.expiresAt) },
      { name: 'last_active', type: 'timestamptz', text: (event) => time(event.lastActive) },
      { name: 'is_active', type: 'boolean', text: (event) => flag(event.isActive) },
      { name: 'force_logout', type: 'boolean', text: (event) => flag(event.forceLogout) },
      { name: 'source', type: 'text', text: (event) => event.source },
      { name: 'metadata', type: 'jsonb', text: (event) => JSON.stringify(event.metadata) },
    ],
  },
  log: {
    name: 'audit_logs',
    columns: [
      { name: 'event_id', type: 'text', text: (event) => event.eventId },
      { name: 'user_id', type: 'text', text: (event) => event.userId },
      { name: 'user_email', type: 'text', text: (event) => event.userEmail },
      { name: 'action', type: 'text', text: (event) => event.type },
      { name: 'category', type: 'text', text: (event) => event.category },
      { name: 'resource_type', type: 'text', text: (event) => event.resourceType },
      { name: 'resource_id', type: 'text', text: (event) => event.resourceId },
      { name: 'description', type: 'text', text: (event) => event.description },
      { name: 'ip_address', type: 'inet', text: (event) => event.ipAddress },
      { name: 'user_agent', type: 'text', text: (event) => event.userAgent },
      { name: 'details', type: 'jsonb', text: (event) => JSON.stringify(event.metadata) },
      { name: 'status', type: 'text', text: (event) => event.status },
      { name: 'error_message', type: 'text', text: (event) => event.errorMessage },
      {
        name: 'duration_ms',
        type: 'double precision',
        text: (event) => (event.durationMs === null ? null : String(event.durationMs)),
      },
      { name: 'created_at', type: 'timestamptz', text: (event) => time(event.createdAt) },
      { name: 'session_id', type: 'text', text: (event) => event.sessionId },
      { name: 'source', type: 'text', text: (event) => event.source },
    ],
  },
}

export const columnNames = (table: EventTable): string => table.columns.map(({ name }) => name).join(', ')
