import type { SessionId } from '../../../shared/model/ids.ts'
import type { Database } from '../postgres/database.ts'
import type { FactKind } from './fact.ts'

const minuteMs = 60_000

/** Logins by minute of [from, to), oldest first, with 0 for minutes that had none; both are whole minutes. */
export async function loginsByMinute(database: Database, from: Date, to: Date): Promise<number[]> {
  const rows = await database.query<{ slot: number; logins: number }>(
    `SELECT floor(extract(epoch FROM created_at - $1) / 60)::int AS slot, count(*)::int AS logins FROM audit_sessions
     WHERE event_type = 'login' AND created_at >= $1 AND created_at < $2 GROUP BY slot`,
    [from, to],
  )
  const bySlot = new Map(rows.map(({ slot, logins }) => [slot, logins]))
  const minutes = Math.round((to.getTime() - from.getTime()) / minuteMs)
  return Array.from({ length: minutes }, (_, slot) => bySlot.get(slot) ?? 0)
}

/** Sessions whose end is on record or whose time had passed. A logout that the mirror infers explains nothing. */
export async function explainedEnds(database: Database, from: Date, to: Date): Promise<number> {
  const [row] = await database.query<{ ends: number }>(
    `SELECT count(DISTINCT session_id)::int AS ends FROM audit_sessions
     WHERE created_at >= $1 AND created_at <= $2 AND event_type IN ('logout', 'revoked', 'expired')
       AND NOT (event_type = 'logout' AND source = 'mirror')`,
    [from, to],
  )
  return row?.ends ?? 0
}

export interface RestingSession {
  sessionId: SessionId
  userId: string | null
  lastActive: Date
}

/** Live sessions whose last activity lies in (after, until], longest rest first. */
export async function restingSessions(
  database: Database,
  { after, until, limit }: { after: Date; until: Date; limit: number },
): Promise<RestingSession[]> {
  return database.query<RestingSession>(
    `SELECT session_id AS "sessionId", user_id AS "userId", coalesce(last_active, first_seen) AS "lastActive"
     FROM redis_sync_sessions
     WHERE ended_at IS NULL AND coalesce(last_active, first_seen) > $1 AND coalesce(last_active, first_seen) <= $2
     ORDER BY coalesce(last_active, first_seen), session_id LIMIT $3`,
    [after, until, limit],
  )
}

/** Users of whom sessions that began since then have counted more calls than `over`, most first. */
export async function busyUsers(
  database: Database,
  { since, over, limit }: { since: Date; over: number; limit: number },
): Promise<{ userId: string; calls: number }[]> {
  return database.query<{ userId: string; calls: number }>(
    `SELECT user_id AS "userId", sum(api_call_count)::float8 AS calls FROM redis_sync_sessions
     WHERE first_seen >= $1 AND coalesce(last_active, first_seen) >= $1 AND user_id IS NOT NULL
     GROUP BY user_id HAVING sum(api_call_count) > $2 ORDER BY calls DESC, user_id LIMIT $3`,
    [since, over, limit],
  )
}

/** Ids of facts that are stored already, of kinds that are told once a thing and not once a minute. */
export async function toldSince(database: Database, kinds: readonly FactKind[], since: Date): Promise<string[]> {
  const rows = await database.query<{ eventId: string }>(
    `SELECT event_id AS "eventId" FROM audit_logs WHERE action = ANY($1) AND created_at >= $2 AND source = 'gatehouse'`,
    [kinds, since],
  )
  return rows.map(({ eventId }) => eventId)
}

/** Those of some sessions that are live. */
export async function liveAmong(database: Database, sessionIds: readonly SessionId[]): Promise<SessionId[]> {
  const rows = await database.query<{ sessionId: SessionId }>(
    `SELECT session_id AS "sessionId" FROM redis_sync_sessions WHERE session_id = ANY($1) AND ended_at IS NULL`,
    [sessionIds],
  )
  return rows.map(({ sessionId }) => sessionId)
}

export interface Revocation {
  sessionId: SessionId
  userId: string | null
  at: Date
}

/** Sessions revoked since then, each with when it was last. */
export async function revokedSince(database: Database, since: Date): Promise<Revocation[]> {
  return database.query<Revocation>(
    `SELECT session_id AS "sessionId", max(user_id) AS "userId", max(created_at) AS at FROM audit_sessions
     WHERE event_type = 'revoked' AND created_at >= $1 AND session_id IS NOT NULL GROUP BY session_id`,
    [since],
  )
}
