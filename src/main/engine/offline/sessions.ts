import { sessionFromRow, sessionRowColumns, type SessionRow } from '../postgres/session-rows.ts'
import { storeMoment, writtenSince } from './changed-rows.ts'
import type { FillContext } from './deps.ts'
import { putAll } from './put-all.ts'

const momentKey = 'offline.sessions'
const pageSize = 1_000
/** With these, the last active ones, an empty cache begins. */
const firstSessions = 50_000

const changedSql = `
  SELECT ${sessionRowColumns} FROM redis_sync_sessions
  WHERE session_id > $1 AND (ended_at IS NULL OR ended_at >= $2)
    AND CASE WHEN $3::text IS NULL THEN coalesce(last_active, first_seen) >= $4 ELSE ${writtenSince('$3')} END
  ORDER BY session_id LIMIT $5`

const firstSql = `
  SELECT coalesce(last_active, first_seen) AS "activeAt" FROM redis_sync_sessions
  ORDER BY coalesce(last_active, first_seen) DESC OFFSET $1 LIMIT 1`

/** Brings the cache's sessions up to what is stored now. @returns how many had changed */
export async function fillSessions(context: FillContext, signal: AbortSignal): Promise<number> {
  const { database, cache, problems, oldest } = context
  const since = cache.meta(momentKey)
  const moment = await storeMoment(database)
  const [first] = since === null ? await database.query<{ activeAt: Date }>(firstSql, [firstSessions]) : []
  const activeFrom = first?.activeAt.toISOString() ?? '-infinity'
  let filled = 0
  for (let last = ''; !signal.aborted;) {
    const rows = await database.query<SessionRow>(changedSql, [
      last,
      oldest().toISOString(),
      since,
      activeFrom,
      pageSize,
    ])
    putAll(rows.map(sessionFromRow), cache.putSessions, (session) =>
      problems.report('cache', 'a session that the cache cannot hold', session.sessionId),
    )
    filled += rows.length
    if (rows.length < pageSize) {
      cache.setMeta(momentKey, moment)
      break
    }
    last = rows.at(-1)?.session_id ?? ''
  }
  return filled
}
