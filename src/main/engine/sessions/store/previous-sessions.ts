import type { PoolClient } from 'pg'
import type { SessionId } from '../../../../shared/model/ids.ts'
import type { EndReason } from '../../../../shared/model/session.ts'
import type { SessionFacts } from '../decode-session.ts'

/** How the row of a session stands before it is written. */
export interface PreviousSession {
  sessionId: SessionId
  userId: string | null
  ipAddress: string | null
  /** PostgreSQL compares: one IPv6 address has many spellings. */
  ipChanged: boolean
  userAgent: string | null
  apiCallCount: number
  firstSeen: Date
  endedAt: Date | null
  endReason: EndReason | null
}

const sql = `
  SELECT r.session_id AS "sessionId", r.user_id AS "userId", host(r.ip_address) AS "ipAddress",
         r.ip_address IS DISTINCT FROM n.ip_address AS "ipChanged", r.user_agent AS "userAgent",
         r.api_call_count::float8 AS "apiCallCount", r.first_seen AS "firstSeen", r.ended_at AS "endedAt", r.end_reason AS "endReason"
  FROM unnest($1::text[], $2::inet[]) AS n (session_id, ip_address)
  JOIN redis_sync_sessions r USING (session_id)
  FOR UPDATE OF r`

/** The rows that are there already, locked until the transaction ends. */
export async function previousSessions(
  tx: PoolClient,
  sessions: readonly SessionFacts[],
): Promise<Map<SessionId, PreviousSession>> {
  if (sessions.length === 0) return new Map()
  const { rows } = await tx.query<PreviousSession>(sql, [
    sessions.map(({ sessionId }) => sessionId),
    sessions.map(({ ipAddress }) => ipAddress),
  ])
  return new Map(rows.map((row) => [row.sessionId, row]))
}
