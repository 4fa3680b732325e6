import type { SessionId } from '../../../../shared/model/ids.ts'
import type { Database } from '../../postgres/database.ts'
import { digestFrom, type Digest } from '../digest.ts'

/** A live row, as much of it as tells whether its key still holds the same. */
export interface LiveSession {
  sessionId: SessionId
  /** null: written by something that keeps none. */
  digest: Digest | null
  /** null: never. */
  expiresAtMs: number | null
  /** Last activity, or when it was first seen. */
  activeAtMs: number
  firstSeenMs: number
  hasUser: boolean
}

const pageSize = 20_000
// Times as numbers: reading a hundred thousand of them as dates takes longer than all the rest.
const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`
const sql = `
  SELECT r.session_id AS "sessionId", r.value_hash AS digest, ${ms('r.expires_at')} AS "expiresAtMs",
         ${ms('coalesce(r.last_active, r.first_seen)')} AS "activeAtMs", ${ms('r.first_seen')} AS "firstSeenMs",
         r.user_id IS NOT NULL AS "hasUser"
  FROM redis_sync_sessions r
  WHERE r.ended_at IS NULL AND r.session_id > $1
  ORDER BY r.session_id LIMIT ${pageSize}`

/** All live rows, page by page. */
export async function* liveSessions(database: Database): AsyncGenerator<LiveSession[]> {
  let last = ''
  for (;;) {
    const rows = await database.query<Omit<LiveSession, 'digest'> & { digest: Buffer | null }>(sql, [last])
    const page = rows.map((row) => ({ ...row, digest: row.digest && digestFrom(row.digest) }))
    if (page.length > 0) yield page
    if (page.length < pageSize) return
    last = page.at(-1)?.sessionId ?? ''
  }
}
