import type { PoolClient } from 'pg'
import type { SessionFacts } from '../decode-session.ts'

/** A session as it is written: what its value says, and the digest by which a change is noticed. */
export interface SessionChange {
  facts: SessionFacts
  /** 16 bytes. */
  digest: Buffer
}

type Value = string | number | boolean | null
const time = (at: Date | null): string | null => at?.toISOString() ?? null

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
  { name: 'value_hash', type: 'bytea', value: ({ digest }) => `\\x${digest.toString('hex')}` },
]

const names = columns.map(({ name }) => name).join(', ')
const arrays = columns.map(({ type }, i) => `$${i + 2}::${type}[]`).join(', ')
const updates = columns
  .slice(1)
  .map(({ name }) => `${name} = excluded.${name}`)
  .join(', ')

// A session that ended and is there again begins anew, unless it was revoked: that one only came back.
const sql = `
  INSERT INTO redis_sync_sessions AS r (${names}, first_seen, last_seen)
  SELECT n.*, $1::timestamptz, $1::timestamptz FROM unnest(${arrays}) AS n
  ON CONFLICT (session_id) DO UPDATE SET ${updates}, last_seen = excluded.last_seen,
    first_seen = CASE WHEN r.end_reason <> 'revoked' THEN excluded.first_seen ELSE r.first_seen END,
    ended_at = NULL, end_reason = NULL`

/** Writes sessions as they are at `now`; each may occur once. */
export async function upsertSessions(tx: PoolClient, changes: readonly SessionChange[], now: Date): Promise<void> {
  const values = columns.map(({ value }) => changes.map(value))
  await tx.query(sql, [now.toISOString(), ...values])
}
