import type { QueryResultRow } from 'pg'
import type { Session } from '../../../../shared/model/session.ts'

/** What events are derived from, of a row of redis_sync_sessions. */
export type SessionRow = Omit<Session, 'profile' | 'apiCallCount' | 'lastSeen' | 'endedAt' | 'endReason'>

/** Selects a SessionRow; `r` is the table. */
export const sessionRowColumns = `
  r.session_id AS "sessionId", r.user_id AS "userId", r.is_active AS "isActive", r.force_logout AS "forceLogout",
  host(r.ip_address) AS "ipAddress", r.user_agent AS "userAgent", r.country, r.last_active AS "lastActive",
  r.expires_at AS "expiresAt", r.first_seen AS "firstSeen", r.metadata`

export type SelectedSession = SessionRow & QueryResultRow
