import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Position } from './cursor.ts'

export const eventPosition = (event: AuditEvent): Position => ({ timeMs: event.createdAt.getTime(), id: event.eventId })

export const sessionPosition = (session: Session): Position => ({
  timeMs: (session.lastActive ?? session.firstSeen).getTime(),
  id: session.sessionId,
})
