import type { PoolClient } from 'pg'
import type { SessionId } from '../../../../shared/model/ids.ts'
import type { EndReason } from '../../../../shared/model/session.ts'
import { sessionRowColumns, type SelectedSession, type SessionRow } from './session-row.ts'

export interface SessionEnd {
  sessionId: SessionId
  reason: EndReason
  at: Date
}

const sql = `
  UPDATE redis_sync_sessions r
  SET ended_at = greatest(n.ended_at, r.first_seen), end_reason = n.reason, last_seen = $4
  FROM unnest($1::text[], $2::timestamptz[], $3::text[]) AS n (session_id, ended_at, reason)
  WHERE r.session_id = n.session_id AND r.ended_at IS NULL
  RETURNING ${sessionRowColumns}`

/** Ends rows. Returns those that were live until now: a repeated call, after a COMMIT whose answer was lost, ends none. */
export async function endSessions(tx: PoolClient, ends: readonly SessionEnd[], now: Date): Promise<SessionRow[]> {
  const { rows } = await tx.query<SelectedSession>(sql, [
    ends.map(({ sessionId }) => sessionId),
    ends.map(({ at }) => at.toISOString()),
    ends.map(({ reason }) => reason),
    now.toISOString(),
  ])
  return rows
}
