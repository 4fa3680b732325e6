import type { AuditEvent } from '../../../src/shared/model/event.ts'

/** The line that an application would push for an event: lifecycle or resource dialect, with an id of its own. */
export function asProduced(event: AuditEvent): string {
  const { eventId, createdAt, kind, type, category, userId, sessionId, ipAddress, userAgent, authMethod } = event
  return JSON.stringify({
    event_id: eventId,
    event_type: type,
    event_category: kind === 'log' ? (category ?? 'info') : undefined,
    user_id: userId ?? undefined,
    session_id: sessionId ?? undefined,
    ip_address: ipAddress ?? undefined,
    user_agent: userAgent ?? undefined,
    auth_method: authMethod ?? undefined,
    description: event.description ?? undefined,
    created_at: createdAt.toISOString(),
    metadata: event.metadata,
  })
}
