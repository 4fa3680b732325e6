import type { AuditEvent } from '../../../shared/model/event.ts'
import { isoTime } from '../iso-time.ts'

/** An event for the live feed: JSON under the column names of the table that holds it, without those that are null. */
export function feedJson(event: AuditEvent): string {
  return JSON.stringify(event.kind === 'session' ? sessionRow(event) : logRow(event))
}

const timeOf = (at: Date | null): string | undefined => (at === null ? undefined : isoTime(at))

const sessionRow = (event: AuditEvent) => ({
  event_id: event.eventId,
  event_type: event.type,
  user_id: event.userId ?? undefined,
  session_id: event.sessionId ?? undefined,
  ip_address: event.ipAddress ?? undefined,
  user_agent: event.userAgent ?? undefined,
  country: event.country ?? undefined,
  auth_method: event.authMethod ?? undefined,
  created_at: timeOf(event.createdAt),
  expires_at: timeOf(event.expiresAt),
  last_active: timeOf(event.lastActive),
  is_active: event.isActive ?? undefined,
  force_logout: event.forceLogout ?? undefined,
  source: event.source,
  metadata: event.metadata,
})

const logRow = (event: AuditEvent) => ({
  event_id: event.eventId,
  user_id: event.userId ?? undefined,
  user_email: event.userEmail ?? undefined,
  action: event.type,
  category: event.category ?? undefined,
  resource_type: event.resourceType ?? undefined,
  resource_id: event.resourceId ?? undefined,
  description: event.description ?? undefined,
  ip_address: event.ipAddress ?? undefined,
  user_agent: event.userAgent ?? undefined,
  details: event.metadata,
  status: event.status ?? undefined,
  error_message: event.errorMessage ?? undefined,
  duration_ms: event.durationMs ?? undefined,
  created_at: timeOf(event.createdAt),
  session_id: event.sessionId ?? undefined,
  source: event.source,
})
