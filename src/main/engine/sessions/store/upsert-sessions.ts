import type { PoolClient } from 'pg'
import type { SessionId } from '../../../../shared/model/ids.ts'
import { isoTime } from '../../iso-time.ts'
import type { SessionFacts } from '../decode-session.ts'
import { digestToHex, type Digest } from '../digest.ts'

/** A session as it is written: what its value says, and the digest by which a change is noticed. */
export interface SessionChange {
  facts: SessionFacts
  digest: Digest
  /** Its key was not known: most probably it has no row. */
  isNew: boolean
}

type Value = string | number | boolean | null
const time = (at: Date | null): string | null => at && isoTime(at)

const columns: readonly { name: string; type: string; value: (change: SessionChange) => Value }[] = [
  { name: 'session_id', type: 'text', value: ({ facts }) => facts.sessionId },
  { name: 'user_id', type: 'text', value: ({ facts }) => facts.userId },
  { name: 'profile', type: 'text', value: ({ facts }) => facts.profile },
  { name: 'is_active', type: 'boolean', value: ({ facts }) => facts.isActive },
  { name: 'force_logout', type: 'boolean', value: ({ facts }) => facts.forceLogout },
  { name: 'ip_address', type: 'inet', value: ({ facts }) => facts.ipAddress },
  { name: 'user_agent', type: 'text', value: ({ facts }) => facts.userAgent },
  { name: 'country', type: 'text', value: ({ facts }) => facts.country },
  { name: 'last_active', type: 'timestamptz', value: ({ facts }) => time(facts.lastActive) },
  { name: 'expires_at', type: 'timestamptz', value: ({ facts }) => time(facts.expiresAt) },
  { name: 'api_call_count', type: 'bigint', value: ({ facts }) => facts.apiCallCount },
  { name: 'metadata', type: 'jsonb', value: ({ facts }) => JSON.stringify(facts.metadata) },
  { name: 'value_hash', type: 'bytea', value: ({ digest }) => `\\x${digestToHex(digest)}` },
]

const names = columns.map(({ name }) => name).join(', ')
const arrays = columns.map(({ type }, i) => `$${i + 2}::${type}[]`).join(', ')
const updates = columns
  .slice(1)
  .map(({ name }) => `${name} = excluded.${name}`)
  .join(', ')

const insert = `
  INSERT INTO redis_sync_sessions AS r (${names}, first_seen, last_seen)
  SELECT n.*, $1::timestamptz, $1::timestamptz FROM unnest(${arrays}) AS n`

const insertNew = `${insert} ON CONFLICT (session_id) DO NOTHING RETURNING session_id AS "sessionId"`

// A session that ended and is there again begins anew, unless it was revoked: that one only came back.
const upsert = `${insert} ON CONFLICT (session_id) DO UPDATE SET ${updates}, last_seen = excluded.last_seen,
    first_seen = CASE WHEN r.end_reason <> 'revoked' THEN excluded.first_seen ELSE r.first_seen END,
    ended_at = NULL, end_reason = NULL`

const parameters = (changes: readonly SessionChange[], now: Date) => [
  now.toISOString(),
  ...columns.map(({ value }) => changes.map(value)),
]

/** Inserts those that have no row yet, and returns them. Each may occur once. */
export async function insertSessions(
  tx: PoolClient,
  changes: readonly SessionChange[],
  now: Date,
): Promise<Set<SessionId>> {
  if (changes.length === 0) return new Set()
  const { rows } = await tx.query<{ sessionId: SessionId }>(insertNew, parameters(changes, now))
  return new Set(rows.map((row) => row.sessionId))
}

/** Writes sessions as they are at `now`, whatever row there is. Each may occur once. */
export async function upsertSessions(tx: PoolClient, changes: readonly SessionChange[], now: Date): Promise<void> {
  if (changes.length > 0) await tx.query(upsert, parameters(changes, now))
}
