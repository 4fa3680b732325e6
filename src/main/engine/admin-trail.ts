import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { AdminAction } from '../../shared/model/revocation.ts'
import type { Database } from './postgres/database.ts'
import { advisoryLocks } from './postgres/locks.ts'

/** An act of an analyst. */
export interface AdminAct {
  action: string
  reason: string
  targetUser: string | null
  sessionId: string | null
  outcome: string
  details: Record<string, unknown>
}

export interface AdminTrail {
  /** Appends one row and returns its id. Rows are never changed: an outcome is a row of its own that names the first. */
  record(act: AdminAct): Promise<number>
  /** The same, in the transaction of what was done: both are stored, or neither. */
  recordIn(tx: PoolClient, act: AdminAct): Promise<number>
  /** Newest first. */
  list(limit: number): Promise<AdminAction[]>
  /** Reads the whole trail; `brokenAt` is the first row whose hash or place in the chain is not what it must be. */
  verify(): Promise<{ rows: number; brokenAt: number | null }>
}

/** Where the chain begins: 64 zeros stand for the row before the first. */
const genesis = '0'.repeat(64)
const pageSize = 1_000

const columns = `id::int, admin_id, action, target_user, session_id, created_at, reason, outcome, details, prev_hash, hash`

interface TrailRow {
  id: number
  admin_id: string
  action: string
  target_user: string | null
  session_id: string | null
  created_at: Date
  reason: string
  outcome: string
  details: Record<string, unknown>
  prev_hash: string
  hash: string
}

/**
 * The hash of a row: SHA-256, in hex, of the UTF-8 bytes of a JSON array without spaces of
 * id, admin_id, action, target_user, session_id, created_at (ISO 8601, UTC, milliseconds), reason, outcome, details (object
 * keys sorted by code unit at every depth), prev_hash. Whoever has the table can compute it again.
 */
export function hashRow(row: Omit<TrailRow, 'hash'>): string {
  const { id, admin_id, action, target_user, session_id, created_at, reason, outcome, details, prev_hash } = row
  const facts = [
    id,
    admin_id,
    action,
    target_user,
    session_id,
    created_at.toISOString(),
    reason,
    outcome,
    sorted(details),
    prev_hash,
  ]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, sorted(item)]),
  )
}

/** The trail of admin acts: a chain in which each row's hash covers the row before it. `actor` is who acts here. */
export function createAdminTrail(database: Database, actor: string): AdminTrail {
  return {
    record: (act) => database.transaction((tx) => append(tx, actor, act)),
    recordIn: (tx, act) => append(tx, actor, act),
    async list(limit) {
      const rows = await database.query<TrailRow>(
        `SELECT ${columns} FROM admin_session_actions ORDER BY admin_session_actions.id DESC LIMIT $1`,
        [limit],
      )
      return rows.map((row) => ({
        id: row.id,
        adminId: row.admin_id,
        action: row.action,
        targetUser: row.target_user,
        sessionId: row.session_id,
        createdAt: row.created_at,
        reason: row.reason,
        outcome: row.outcome,
        details: row.details,
        hash: row.hash,
      }))
    },
    async verify() {
      let previous = { id: 0, hash: genesis }
      for (;;) {
        const rows = await database.query<TrailRow>(
          `SELECT ${columns} FROM admin_session_actions WHERE admin_session_actions.id > $1 ORDER BY admin_session_actions.id LIMIT $2`,
          [previous.id, pageSize],
        )
        for (const row of rows) {
          const whole = row.id === previous.id + 1 && row.prev_hash === previous.hash && row.hash === hashRow(row)
          if (!whole) return { rows: previous.id, brokenAt: row.id }
          previous = row
        }
        if (rows.length < pageSize) return { rows: previous.id, brokenAt: null }
      }
    },
  }
}

async function append(tx: PoolClient, actor: string, act: AdminAct): Promise<number> {
  // One writer at a time, over all engines: a row must know the row before it.
  await tx.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.adminTrail])
  const { rows } = await tx.query<{ id: number; hash: string }>(
    'SELECT id::int, hash FROM admin_session_actions ORDER BY admin_session_actions.id DESC LIMIT 1',
  )
  const last = rows[0] ?? { id: 0, hash: genesis }
  const row = {
    id: last.id + 1,
    admin_id: actor,
    action: act.action,
    target_user: act.targetUser,
    session_id: act.sessionId,
    created_at: new Date(),
    reason: act.reason,
    outcome: act.outcome,
    details: asStored(act.details),
    prev_hash: last.hash,
  }
  await tx.query(
    `INSERT INTO admin_session_actions
       (id, admin_id, action, target_user, session_id, created_at, reason, outcome, details, prev_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.id,
      row.admin_id,
      row.action,
      row.target_user,
      row.session_id,
      row.created_at,
      row.reason,
      row.outcome,
      JSON.stringify(row.details),
      row.prev_hash,
      hashRow(row),
    ],
  )
  return row.id
}

/** As jsonb gives it back: dates are text, undefined is gone. NUL, which jsonb refuses, is made visible. */
const asStored = (details: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(details).replaceAll('\\u0000', '\\\\u0000')) as Record<string, unknown>
