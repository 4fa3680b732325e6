import type { SessionId } from '../../../../shared/model/ids.ts'
import type { EndReason } from '../../../../shared/model/session.ts'
import type { Database } from '../../postgres/database.ts'

/** What is on record about how a session ended. */
export interface EndEvidence {
  sessionId: SessionId
  reason: EndReason
  at: Date
}

// The last start or end on record decides: an end before a later start belongs to an earlier life of the session. The
// hour is for clocks that differ. Of the admin acts the last one decides, unless it failed.
const sql = `
  SELECT "sessionId", reason, at FROM (
    SELECT DISTINCT ON (e.session_id) e.session_id AS "sessionId", e.event_type AS reason, e.created_at AS at
    FROM redis_sync_sessions r
    JOIN audit_sessions e ON e.session_id = r.session_id AND e.event_type IN ('login', 'logout', 'expired', 'revoked')
                         AND e.created_at >= r.first_seen - interval '1 hour'
    WHERE r.session_id = ANY ($1)
    ORDER BY e.session_id, e.created_at DESC) latest
  WHERE reason <> 'login'
  UNION ALL
  SELECT act.session_id, 'revoked', act.created_at
  FROM (
    SELECT DISTINCT ON (x.session_id) x.session_id, x.created_at, x.outcome
    FROM admin_session_actions x JOIN redis_sync_sessions r ON r.session_id = x.session_id
    WHERE x.session_id = ANY ($1) AND x.action LIKE 'revoke%' AND x.created_at >= r.first_seen
    ORDER BY x.session_id, x.id DESC) act
  WHERE act.outcome <> 'failed'`

/** Revoked goes before whatever else is on record. */
export async function endEvidence(
  database: Database,
  sessionIds: readonly SessionId[],
): Promise<Map<SessionId, EndEvidence>> {
  const found = new Map<SessionId, EndEvidence>()
  for (const evidence of await database.query<EndEvidence>(sql, [sessionIds])) {
    if (found.get(evidence.sessionId)?.reason !== 'revoked') found.set(evidence.sessionId, evidence)
  }
  return found
}
