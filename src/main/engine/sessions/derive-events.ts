import type { AuditEvent, LifecycleType } from '../../../shared/model/event.ts'
import { blankEvent } from '../../../shared/model/event.ts'
import type { EventId } from '../../../shared/model/ids.ts'
import { sessionStart } from '../session-start.ts'
import type { SessionFacts } from './decode-session.ts'
import type { SessionEnd } from './store/end-sessions.ts'
import type { PreviousSession } from './store/previous-sessions.ts'
import type { SessionRow } from './store/session-row.ts'

/** What all derived events take over from their session. */
type EventSubject = Pick<SessionFacts, 'sessionId' | 'userId' | 'ipAddress' | 'userAgent' | 'country' | 'lastActive'> &
  Pick<SessionFacts, 'expiresAt' | 'isActive' | 'forceLogout'>

/** `mark`: the part of the identity by which the same inference gets the same id. */
function derive(
  type: LifecycleType,
  mark: 'start' | 'end' | 'changed',
  subject: EventSubject,
  createdAt: Date,
  metadata: AuditEvent['metadata'],
): AuditEvent {
  const { sessionId, userId, ipAddress, userAgent, country, lastActive, expiresAt, isActive, forceLogout } = subject
  return {
    ...blankEvent({
      eventId: `mirror:${mark}:${sessionId}:${createdAt.getTime()}` as EventId,
      createdAt,
      kind: 'session',
      type,
      source: 'mirror',
    }),
    sessionId,
    userId,
    ipAddress,
    userAgent,
    country,
    lastActive,
    expiresAt,
    isActive,
    forceLogout,
    metadata,
  }
}

/** A login when the session began. */
export function loginEvent(row: SessionRow): AuditEvent {
  const { metadata } = row
  const authMethod = metadata['auth_method'] ?? metadata['authMethod']
  return {
    ...derive('login', 'start', row, sessionStart(row), {}),
    authMethod: typeof authMethod === 'string' ? authMethod : null,
  }
}

/** Somebody logged in to a session that was there before. */
export const lateLoginEvent = (facts: SessionFacts, now: Date): AuditEvent => derive('login', 'start', facts, now, {})

/** What of a session should not change while it lives; null if nothing of it did. */
export function changedEvent(before: PreviousSession, facts: SessionFacts, now: Date): AuditEvent | null {
  const changes: Record<string, { old: string | null; new: string | null }> = {}
  if (before.userId !== facts.userId) changes['user_id'] = { old: before.userId, new: facts.userId }
  if (before.ipChanged) changes['ip_address'] = { old: before.ipAddress, new: facts.ipAddress }
  if (before.userAgent !== facts.userAgent) changes['user_agent'] = { old: before.userAgent, new: facts.userAgent }
  return Object.keys(changes).length === 0 ? null : derive('session_changed', 'changed', facts, now, changes)
}

const evidence = {
  expired: 'its time had passed when it left Redis',
  logout: 'it left Redis before its time had passed',
}

export const endEvent = (row: SessionRow, reason: 'expired' | 'logout', at: SessionEnd['at']): AuditEvent =>
  derive(reason, 'end', row, at, { evidence: evidence[reason] })
