import { randomBytes } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { Database } from './database.ts'

const sessionIdKeyName = 'session-id-key'
const keyBytes = 32

/** What all engines on one store agree on, by name. null where it was never written. */
export async function readSetting(db: Database, name: string): Promise<unknown> {
  const rows = await db.query<{ value: unknown }>('SELECT value FROM gatehouse_settings WHERE key = $1', [name])
  return rows[0]?.value ?? null
}

/** Writes a setting unless there is one of that name. @returns the one that stands, whoever was first */
export async function settleSetting(db: Database, name: string, value: unknown): Promise<unknown> {
  const params = [name, JSON.stringify(value)]
  await db.query('INSERT INTO gatehouse_settings (key, value) VALUES ($1, $2::jsonb) ON CONFLICT DO NOTHING', params)
  return readSetting(db, name)
}

/** `value` is anything that JSON can say. In the transaction `tx` where one is given. */
export async function writeSetting(db: Database, name: string, value: unknown, tx?: PoolClient): Promise<void> {
  const sql = `INSERT INTO gatehouse_settings (key, value) VALUES ($1, $2::jsonb)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`
  const params = [name, JSON.stringify(value)]
  await (tx === undefined ? db.query(sql, params) : tx.query(sql, params))
}

/** The key under which this store hashes session ids. The first engine makes it; all others read that one. */
export async function loadSessionIdKey(db: Database): Promise<Buffer> {
  const hex = await settleSetting(db, sessionIdKeyName, randomBytes(keyBytes).toString('hex'))
  return Buffer.from(String(hex), 'hex')
}
