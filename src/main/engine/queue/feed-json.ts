import type { AuditEvent } from '../../../shared/model/event.ts'
import { isoTime } from '../iso-time.ts'

/** An event for the live feed, as JSON under the column names of the table that holds it. */
export function feedJson(event: AuditEvent): string {
  return JSON.stringify(event.kind === 'session' ? sessionRow(event) : logRow(event))
}

const timeOf = (at: Date | null): string | null => (at === null ? null : isoTime(at))

const sessionRow = (event: AuditEvent) => ({
  event_id: event.eventId,
  event_type: event.type,
  user_id: event.userId,
  session_id: event.sessionId,
  ip_address: event.ipAddress,
  user_agent: event.userAgent,
  country: event.country,
  auth_method: event.authMethod,
  created_at: timeOf(event.createdAt),
  expires_at: timeOf(event.expiresAt),
  last_active: timeOf(event.lastActive),
  is_active: event.isActive,
  force_logout: event.forceLogout,
  source: event.source,
  metadata: event.metadata,
})

const logRow = (event: AuditEvent) => ({
  event_id: event.eventId,
  user_id: event.userId,
  user_email: event.userEmail,
  action: event.type,
  category: event.category,
  resource_type: event.resourceType,
  resource_id: event.resourceId,
  description: event.description,
  ip_address: event.ipAddress,
  user_agent: event.userAgent,
  details: event.metadata,
  status: event.status,
  error_message: event.errorMessage,
  duration_ms: event.durationMs,
  created_at: timeOf(event.createdAt),
  session_id: event.sessionId,
  source: event.source,
})
