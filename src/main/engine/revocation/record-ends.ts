import { blankEvent, type AuditEvent } from '../../../shared/model/event.ts'
import { EventId } from '../../../shared/model/ids.ts'
import type { Reason, SessionOutcome } from '../../../shared/model/revocation.ts'
import type { Database } from '../postgres/database.ts'
import { writeEvents } from '../postgres/write-events.ts'

/** Rows of redis_sync_sessions that ended now, and by whom. A session that lives on under a new login is not touched. */
const markEnded = `
  UPDATE redis_sync_sessions
  SET ended_at = $2, end_reason = 'revoked', is_active = false, last_seen = $2
  WHERE session_id = ANY($1) AND (ended_at IS NULL OR end_reason IS DISTINCT FROM 'revoked')`

/** Stores, in one transaction, one `revoked` event for each session that ended, and their end in the mirror. */
export async function recordEnds(
  database: Database,
  ended: readonly SessionOutcome[],
  { actId, actor, reason, at }: { actId: number; actor: string; reason: Reason; at: Date },
): Promise<AuditEvent[]> {
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
    await tx.query(markEnded, [ended.map(({ sessionId }) => sessionId), at])
    return (await writeEvents(tx, events)).stored
  })
}
