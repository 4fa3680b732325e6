import type { AuditEvent, EventSource, Metadata } from '../../../shared/model/event.ts'
import type { EventId, SessionId } from '../../../shared/model/ids.ts'

/** A row of the view audit_events, as pg returns it. */
export interface EventRow {
  event_id: string
  created_at: Date
  kind: AuditEvent['kind']
  type: string
  category: AuditEvent['category']
  user_id: string | null
  user_email: string | null
  session_id: string | null
  /** Without a mask: host(ip_address), or the address of one host. */
  ip_address: string | null
  user_agent: string | null
  country: string | null
  auth_method: string | null
  resource_type: string | null
  resource_id: string | null
  description: string | null
  status: string | null
  error_message: string | null
  duration_ms: number | null
  expires_at: Date | null
  last_active: Date | null
  is_active: boolean | null
  force_logout: boolean | null
  source: EventSource
  metadata: Metadata
}

/** Selects an EventRow from audit_events. */
export const eventRowColumns = `
  event_id, created_at, kind, type, category, user_id, user_email, session_id, host(ip_address) AS ip_address,
  user_agent, country, auth_method, resource_type, resource_id, description, status, error_message, duration_ms,
  expires_at, last_active, is_active, force_logout, source, metadata`

export const eventFromRow = (row: EventRow): AuditEvent => ({
  eventId: row.event_id as EventId,
  createdAt: row.created_at,
  kind: row.kind,
  type: row.type,
  category: row.category,
  userId: row.user_id,
  userEmail: row.user_email,
  sessionId: row.session_id as SessionId | null,
  ipAddress: row.ip_address,
  userAgent: row.user_agent,
  country: row.country,
  authMethod: row.auth_method,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  description: row.description,
  status: row.status,
  errorMessage: row.error_message,
  durationMs: row.duration_ms,
  expiresAt: row.expires_at,
  lastActive: row.last_active,
  isActive: row.is_active,
  forceLogout: row.force_logout,
  source: row.source,
  metadata: row.metadata,
})
