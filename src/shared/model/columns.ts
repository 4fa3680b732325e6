import type { AuditEvent } from './event.ts'
import type { Session } from './session.ts'

/** Columns in order: the names that the audit store gives them, which exports have too, and the fields that they hold. */
export type ColumnNames<Row> = Readonly<Record<string, keyof Row>>

/** The columns of the view `audit_events`. */
export const eventColumns: ColumnNames<AuditEvent> = {
  event_id: 'eventId',
  created_at: 'createdAt',
  kind: 'kind',
  type: 'type',
  category: 'category',
  user_id: 'userId',
  user_email: 'userEmail',
  session_id: 'sessionId',
  ip_address: 'ipAddress',
  user_agent: 'userAgent',
  country: 'country',
  auth_method: 'authMethod',
  resource_type: 'resourceType',
  resource_id: 'resourceId',
  description: 'description',
  status: 'status',
  error_message: 'errorMessage',
  duration_ms: 'durationMs',
  expires_at: 'expiresAt',
  last_active: 'lastActive',
  is_active: 'isActive',
  force_logout: 'forceLogout',
  source: 'source',
  metadata: 'metadata',
}

/** The columns of the table `redis_sync_sessions`. */
export const sessionColumns: ColumnNames<Session> = {
  session_id: 'sessionId',
  user_id: 'userId',
  profile: 'profile',
  is_active: 'isActive',
  force_logout: 'forceLogout',
  ip_address: 'ipAddress',
  user_agent: 'userAgent',
  country: 'country',
  last_active: 'lastActive',
  expires_at: 'expiresAt',
  api_call_count: 'apiCallCount',
  first_seen: 'firstSeen',
  last_seen: 'lastSeen',
  ended_at: 'endedAt',
  end_reason: 'endReason',
  metadata: 'metadata',
}
