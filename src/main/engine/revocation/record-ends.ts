import { blankEvent, type AuditEvent } from '../../../shared/model/event.ts'
import { EventId } from '../../../shared/model/ids.ts'
import type { Reason, SessionOutcome } from '../../../shared/model/revocation.ts'
import type { Database } from '../postgres/database.ts'
import { writeEvents } from '../postgres/write-events.ts'
import { sessionStart } from '../session-start.ts'

/**
 * Rows of redis_sync_sessions that ended now, and by whom. A session that lives on under a new login is not touched. The
 * row as it was tells those that were live until now from those whose end is only explained better.
 */
const markEnded = `
  UPDATE redis_sync_sessions r
  SET ended_at = $2, end_reason = 'revoked', is_active = false, last_seen = $2
  FROM (SELECT session_id, ended_at FROM redis_sync_sessions WHERE session_id = ANY($1) FOR UPDATE) before
  WHERE r.session_id = before.session_id AND (r.ended_at IS NULL OR r.end_reason IS DISTINCT FROM 'revoked')
  RETURNING r.first_seen AS "firstSeen", r.metadata, before.ended_at IS NULL AS "wasLive"`

interface EndedRow {
  firstSeen: Date
  metadata: Record<string, unknown>
  wasLive: boolean
}

/**
 * Stores, in one transaction, one `revoked` event for each session that ended, and their end in the mirror. `began` has
 * the start of each that was live until then.
 */
export async function recordEnds(
  database: Database,
  ended: readonly SessionOutcome[],
  { actId, actor, reason, at }: { actId: number; actor: string; reason: Reason; at: Date },
): Promise<{ stored: AuditEvent[]; began: Date[] }> {
  const events = ended.map(({ sessionId, userId, outcome }) => ({
    ...blankEvent({
      // One act ends a session once: an act that is recorded again finds its event there.
      eventId: EventId.parse(`gatehouse:revoked:${actId}:${sessionId}`),
      createdAt: at,
      kind: 'session' as const,
      type: 'revoked',
      source: 'gatehouse' as const,
    }),
    userId,
    sessionId,
    isActive: false,
    metadata: { act_id: actId, admin_id: actor, reason_code: reason.code, reason: reason.text, outcome },
  }))
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<EndedRow>(markEnded, [ended.map(({ sessionId }) => sessionId), at])
    const began = rows.filter(({ wasLive }) => wasLive).map(sessionStart)
    return { stored: (await writeEvents(tx, events)).stored, began }
  })
}
