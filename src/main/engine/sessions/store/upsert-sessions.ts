import type { PoolClient } from 'pg'
import type { SessionId } from '../../../../shared/model/ids.ts'
import { isoTime } from '../../iso-time.ts'
import { copyPieces } from '../../postgres/copy-pieces.ts'
import { runCopies } from '../../postgres/copy-query.ts'
import { copyField, copyNull } from '../../postgres/copy-text.ts'
import { sqlstateOf } from '../../postgres/sqlstate.ts'
import type { SessionFacts } from '../decode-session.ts'
import { digestToHex, type Digest } from '../digest.ts'

/** A session as it is written: what its value says, and the digest by which a change is noticed. */
export interface SessionChange {
  facts: SessionFacts
  digest: Digest
  /** Its key was not known: most probably it has no row. */
  isNew: boolean
}

const time = (at: Date | null): string | null => at && isoTime(at)
const flag = (value: boolean): string => (value ? 't' : 'f')

interface Column {
  name: string
  type: string
  /** In PostgreSQL's own notation. */
  text: (change: SessionChange) => string | null
  /** As COPY takes it, where its text needs no look for characters that COPY would misread. */
  field?: (change: SessionChange) => string
}

const columns: readonly Column[] = [
  { name: 'session_id', type: 'text', text: ({ facts }) => facts.sessionId },
  { name: 'user_id', type: 'text', text: ({ facts }) => facts.userId },
  { name: 'profile', type: 'text', text: ({ facts }) => facts.profile },
  plain('is_active', 'boolean', ({ facts }) => flag(facts.isActive)),
  plain('force_logout', 'boolean', ({ facts }) => flag(facts.forceLogout)),
  { name: 'ip_address', type: 'inet', text: ({ facts }) => facts.ipAddress },
  { name: 'user_agent', type: 'text', text: ({ facts }) => facts.userAgent },
  { name: 'country', type: 'text', text: ({ facts }) => facts.country },
  plain('last_active', 'timestamptz', ({ facts }) => time(facts.lastActive)),
  plain('expires_at', 'timestamptz', ({ facts }) => time(facts.expiresAt)),
  plain('api_call_count', 'bigint', ({ facts }) => String(facts.apiCallCount)),
  { name: 'metadata', type: 'jsonb', text: ({ facts }) => JSON.stringify(facts.metadata) },
  {
    name: 'value_hash',
    type: 'bytea',
    text: ({ digest }) => `\\x${digestToHex(digest)}`,
    field: ({ digest }) => `\\\\x${digestToHex(digest)}`,
  },
]

/** Of digits, letters and the signs of times alone. */
function plain(name: string, type: string, text: Column['text']): Column {
  return { name, type, text, field: (change) => text(change) ?? copyNull }
}

/** Up to here one INSERT is as fast as COPY, and tells which rows were there before without a second try. */
const insertLimit = 300
const uniqueViolation = '23505'

const fields = columns.map(({ text, field }) => field ?? ((change: SessionChange) => copyField(text(change))))
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
  ...columns.map(({ text }) => changes.map(text)),
]

/** Inserts those that have no row yet; each may occur once. @returns `known`: those that have one, and were left as they are */
export async function insertSessions<Change extends SessionChange>(
  tx: PoolClient,
  changes: readonly Change[],
  now: Date,
): Promise<{ inserted: readonly Change[]; known: readonly Change[] }> {
  if (changes.length === 0 || (changes.length > insertLimit && (await copyUnlessKnown(tx, changes, now)))) {
    return { inserted: changes, known: [] }
  }
  const { rows } = await tx.query<{ sessionId: SessionId }>(insertNew, parameters(changes, now))
  const began = new Set(rows.map((row) => row.sessionId))
  const { inserted = [], known = [] } = Object.groupBy(changes, ({ facts }) =>
    began.has(facts.sessionId) ? 'inserted' : 'known',
  )
  return { inserted, known }
}

/** @returns false where one of the sessions has a row; then none is written */
async function copyUnlessKnown(tx: PoolClient, changes: readonly SessionChange[], now: Date): Promise<boolean> {
  const nowText = isoTime(now)
  const seen = () => nowText
  try {
    await runCopies(
      tx,
      `SAVEPOINT copy_sessions; COPY redis_sync_sessions (${names}, first_seen, last_seen) FROM STDIN;
       RELEASE SAVEPOINT copy_sessions`,
      [copyPieces([...fields, seen, seen], changes)],
    )
    return true
  } catch (error) {
    if (sqlstateOf(error) !== uniqueViolation) throw error
    await tx.query('ROLLBACK TO SAVEPOINT copy_sessions; RELEASE SAVEPOINT copy_sessions')
    return false
  }
}

/** Writes sessions as they are at `now`, whatever row there is. Each may occur once. */
export async function upsertSessions(tx: PoolClient, changes: readonly SessionChange[], now: Date): Promise<void> {
  if (changes.length > 0) await tx.query(upsert, parameters(changes, now))
}
