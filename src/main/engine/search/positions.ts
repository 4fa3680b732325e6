import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Position } from '../cursor.ts'

/** With the kind, because a session event and a log event may have the same id. */
export const eventPosition = ({ createdAt, eventId, kind }: AuditEvent): Position => ({
  timeMs: createdAt.getTime(),
  id: `${eventId} ${kind}`,
})

export const sessionPosition = (session: Session): Position => ({
  timeMs: (session.lastActive ?? session.firstSeen).getTime(),
  id: session.sessionId,
})
