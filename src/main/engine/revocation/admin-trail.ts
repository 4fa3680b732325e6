import type { PoolClient } from 'pg'
import type { SessionId } from '../../../shared/model/ids.ts'
import type { AdminAction } from '../../../shared/model/revocation.ts'
import { cleanText } from '../clean.ts'
import type { Database } from '../postgres/database.ts'
import { advisoryLocks } from '../postgres/locks.ts'
import { genesisHash, hashOf, type TrailRow } from './trail-hash.ts'

export interface AdminAct {
  /** What was done, in one word: revoke, revoke_returned, requeue, discard, ... */
  action: string
  reason: string
  targetUser: string | null
  sessionId: SessionId | null
  outcome: string
  /** JSON. No live session id may be in it. */
  details: Record<string, unknown>
}

export interface TrailCheck {
  rows: number
  /** The first row that does not fit the chain, and why; null where all do. */
  broken: { id: number; why: string } | null
  /** Hash of the last row: written down elsewhere, it shows later that nothing was cut off the end. */
  head: string
}

/** The record of what people did here: rows are appended, each with a hash that covers the row before, and never changed. */
export interface AdminTrail {
  /**
   * Appends an act.
   * @returns its id
   * @throws GatehouseError POSTGRES_UNAVAILABLE; then whoever wanted to act must not
   */
  recordAct(act: AdminAct): Promise<number>
  /** Appends an act within a transaction. It takes the lock of the trail until the transaction ends. */
  append(tx: PoolClient, act: AdminAct): Promise<number>
  /** Newest first. */
  list(limit: number): Promise<AdminAction[]>
  verifyTrail(): Promise<TrailCheck>
}

const listSql = `
  SELECT id::float8 AS id, admin_id AS "adminId", action, target_user AS "targetUser", session_id AS "sessionId",
         created_at AS "createdAt", reason, outcome, details, hash
  FROM admin_session_actions ORDER BY admin_session_actions.id DESC LIMIT $1`

/** `actor`: the name under which acts are recorded. */
export function createAdminTrail({ database, actor }: { database: Database; actor: string }): AdminTrail {
  const append = (tx: PoolClient, act: AdminAct) => appendRow(tx, actor, act)
  return {
    append,
    recordAct: (act) => database.transaction((tx) => append(tx, act)),
    list: (limit) => database.query<AdminAction>(listSql, [limit]),
    verifyTrail: () => verify(database),
  }
}

const lastSql = `
  SELECT last.id::float8 AS id, last.hash, clock_timestamp() AS now
  FROM (SELECT 1) AS one LEFT JOIN LATERAL (
    SELECT id, hash FROM admin_session_actions ORDER BY id DESC LIMIT 1) AS last ON true`

const insertSql = `
  INSERT INTO admin_session_actions
    (id, admin_id, action, target_user, session_id, created_at, reason, outcome, details, prev_hash, hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

async function appendRow(tx: PoolClient, actor: string, act: AdminAct): Promise<number> {
  // A statement of its own: the next one must see what was committed while this one waited.
  await tx.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.adminTrail])
  const { rows } = await tx.query<{ id: number | null; hash: string | null; now: Date }>(lastSql)
  const last = rows[0] ?? { id: null, hash: null, now: new Date() }
  const row: TrailRow = {
    id: (last.id ?? 0) + 1,
    admin_id: storable(actor),
    action: act.action,
    target_user: act.targetUser,
    session_id: act.sessionId,
    created_at: last.now.toISOString(),
    reason: storable(act.reason),
    outcome: act.outcome,
    details: storableJson(act.details),
    prev_hash: last.hash ?? genesisHash,
  }
  const { id, admin_id, action, target_user, session_id, created_at, reason, outcome, details, prev_hash } = row
  const values = [id, admin_id, action, target_user, session_id, created_at, reason, outcome]
  await tx.query(insertSql, [...values, JSON.stringify(details), prev_hash, hashOf(row)])
  return id
}

const maxReasonLength = 4_000
const storable = (text: string, maxLength = maxReasonLength): string => cleanText(text, '', maxLength, [])

/** JSON as jsonb takes it, so that what is hashed is what is read back. */
function storableJson(details: Record<string, unknown>): Record<string, unknown> {
  const clean = (_name: string, value: unknown) => (typeof value === 'string' ? storable(value, Infinity) : value)
  return JSON.parse(JSON.stringify(details, clean)) as Record<string, unknown>
}

const pageSize = 1_000
const pageSql = `
  SELECT id::float8 AS id, admin_id, action, target_user, session_id, created_at, reason, outcome, details, prev_hash, hash
  FROM admin_session_actions WHERE admin_session_actions.id > $1
  ORDER BY admin_session_actions.id LIMIT ${pageSize}`

async function verify(database: Database): Promise<TrailCheck> {
  let rows = 0
  let head = genesisHash
  for (;;) {
    const page = await database.query<Omit<TrailRow, 'created_at'> & { created_at: Date; hash: string }>(pageSql, [rows])
    for (const { hash, created_at, ...columns } of page) {
      const row = { ...columns, created_at: created_at.toISOString() }
      const why = fault(row, hash, { id: rows + 1, hash: head })
      if (why !== null) return { rows, broken: { id: row.id, why }, head }
      rows = row.id
      head = hash
    }
    if (page.length < pageSize) return { rows, broken: null, head }
  }
}

function fault(row: TrailRow, hash: string, expected: { id: number; hash: string }): string | null {
  if (row.id !== expected.id) return `row ${expected.id} is missing`
  if (row.prev_hash !== expected.hash) return `it does not name the hash of row ${row.id - 1}`
  return hashOf(row) === hash ? null : 'its columns do not have its hash: it was changed'
}
