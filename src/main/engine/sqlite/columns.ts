import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Sample } from '../../../shared/model/system.ts'

/** How a field is kept: as it is, a time as milliseconds since 1970, a truth value as 0 or 1, an object as JSON text. */
type Form = 'plain' | 'time' | 'bool' | 'json'

/** The columns of a table, in order, each with the field of the model that it holds. */
export type Columns<Model> = Readonly<Record<string, readonly [field: keyof Model & string, form: Form]>>

export const eventColumns: Columns<AuditEvent> = {
  event_id: ['eventId', 'plain'],
  created_at_ms: ['createdAt', 'time'],
  kind: ['kind', 'plain'],
  type: ['type', 'plain'],
  category: ['category', 'plain'],
  user_id: ['userId', 'plain'],
  user_email: ['userEmail', 'plain'],
  session_id: ['sessionId', 'plain'],
  ip_address: ['ipAddress', 'plain'],
  user_agent: ['userAgent', 'plain'],
  country: ['country', 'plain'],
  auth_method: ['authMethod', 'plain'],
  resource_type: ['resourceType', 'plain'],
  resource_id: ['resourceId', 'plain'],
  description: ['description', 'plain'],
  status: ['status', 'plain'],
  error_message: ['errorMessage', 'plain'],
  duration_ms: ['durationMs', 'plain'],
  expires_at_ms: ['expiresAt', 'time'],
  last_active_ms: ['lastActive', 'time'],
  is_active: ['isActive', 'bool'],
  force_logout: ['forceLogout', 'bool'],
  source: ['source', 'plain'],
  metadata: ['metadata', 'json'],
}

export const sessionColumns: Columns<Session> = {
  session_id: ['sessionId', 'plain'],
  user_id: ['userId', 'plain'],
  profile: ['profile', 'plain'],
  is_active: ['isActive', 'bool'],
  force_logout: ['forceLogout', 'bool'],
  ip_address: ['ipAddress', 'plain'],
  user_agent: ['userAgent', 'plain'],
  country: ['country', 'plain'],
  last_active_ms: ['lastActive', 'time'],
  expires_at_ms: ['expiresAt', 'time'],
  api_call_count: ['apiCallCount', 'plain'],
  first_seen_ms: ['firstSeen', 'time'],
  last_seen_ms: ['lastSeen', 'time'],
  ended_at_ms: ['endedAt', 'time'],
  end_reason: ['endReason', 'plain'],
  metadata: ['metadata', 'json'],
}

export const sampleColumns: Columns<Sample> = {
  at_ms: ['atMs', 'plain'],
  active_sessions: ['activeSessions', 'plain'],
  logins_per_second: ['loginsPerSecond', 'plain'],
  failures_per_second: ['failuresPerSecond', 'plain'],
  queue_depth: ['queueDepth', 'plain'],
  stored_per_second: ['storedPerSecond', 'plain'],
  redis_latency_ms: ['redisLatencyMs', 'plain'],
}
