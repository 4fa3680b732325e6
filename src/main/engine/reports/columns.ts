import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'

/** A column of an export: the name that the audit store gives it, and what a row has there. */
export interface ExportColumn<Row> {
  readonly name: string
  readonly value: (row: Row) => unknown
}

/** The columns of the view `audit_events`. */
export const eventColumns: readonly ExportColumn<AuditEvent>[] = [
  { name: 'event_id', value: (event) => event.eventId },
  { name: 'created_at', value: (event) => event.createdAt },
  { name: 'kind', value: (event) => event.kind },
  { name: 'type', value: (event) => event.type },
  { name: 'category', value: (event) => event.category },
  { name: 'user_id', value: (event) => event.userId },
  { name: 'user_email', value: (event) => event.userEmail },
  { name: 'session_id', value: (event) => event.sessionId },
  { name: 'ip_address', value: (event) => event.ipAddress },
  { name: 'user_agent', value: (event) => event.userAgent },
  { name: 'country', value: (event) => event.country },
  { name: 'auth_method', value: (event) => event.authMethod },
  { name: 'resource_type', value: (event) => event.resourceType },
  { name: 'resource_id', value: (event) => event.resourceId },
  { name: 'description', value: (event) => event.description },
  { name: 'status', value: (event) => event.status },
  { name: 'error_message', value: (event) => event.errorMessage },
  { name: 'duration_ms', value: (event) => event.durationMs },
  { name: 'expires_at', value: (event) => event.expiresAt },
  { name: 'last_active', value: (event) => event.lastActive },
  { name: 'is_active', value: (event) => event.isActive },
  { name: 'force_logout', value: (event) => event.forceLogout },
  { name: 'source', value: (event) => event.source },
  { name: 'metadata', value: (event) => event.metadata },
]

/** The columns of the table `redis_sync_sessions`. */
export const sessionColumns: readonly ExportColumn<Session>[] = [
  { name: 'session_id', value: (session) => session.sessionId },
  { name: 'user_id', value: (session) => session.userId },
  { name: 'profile', value: (session) => session.profile },
  { name: 'is_active', value: (session) => session.isActive },
  { name: 'force_logout', value: (session) => session.forceLogout },
  { name: 'ip_address', value: (session) => session.ipAddress },
  { name: 'user_agent', value: (session) => session.userAgent },
  { name: 'country', value: (session) => session.country },
  { name: 'last_active', value: (session) => session.lastActive },
  { name: 'expires_at', value: (session) => session.expiresAt },
  { name: 'api_call_count', value: (session) => session.apiCallCount },
  { name: 'first_seen', value: (session) => session.firstSeen },
  { name: 'last_seen', value: (session) => session.lastSeen },
  { name: 'ended_at', value: (session) => session.endedAt },
  { name: 'end_reason', value: (session) => session.endReason },
  { name: 'metadata', value: (session) => session.metadata },
]
