import { Client } from 'pg'
import { expect, test } from 'vitest'
import { migrate } from '../../src/main/engine/postgres/migrate.ts'
import { createTestDatabase } from '../helpers/postgres.ts'

const tables = [
  'admin_session_actions',
  'alert_events',
  'alert_triage',
  'alerts',
  'audit_logs',
  'audit_sessions',
  'daily_activity',
  'daily_totals',
  'gatehouse_migrations',
  'gatehouse_settings',
  'ingest_batch',
  'redis_sync_sessions',
  'inferred_boundaries',
]

test('an empty database gets every table, once', async () => {
  const { url } = await createTestDatabase({ migrated: false })
  const first = await migrate(url)
  expect(first.applied[0]).toBe('0001_audit_tables.sql')
  expect(await migrate(url)).toEqual({ applied: [] })
  const found = await query<{ name: string }>(
    url,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  )
  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(tables))
})

test('of engines that migrate at the same time each migration is applied by one', async () => {
  const { url } = await createTestDatabase({ migrated: false })
  const results = await Promise.all(Array.from({ length: 5 }, () => migrate(url)))
  const applied = results.flatMap((result) => result.applied)
  expect(applied).toEqual([...new Set(applied)])
  const versions = await query<{ name: string }>(url, 'SELECT name FROM gatehouse_migrations ORDER BY version')
  expect(applied.toSorted()).toEqual(versions.map(({ name }) => name))
})

test('a store that is newer than the program is left alone, with the reason', async () => {
  const { url } = await createTestDatabase()
  await query(url, `INSERT INTO gatehouse_migrations (version, name) VALUES (9001, '9001_future.sql')`)
  await expect(migrate(url)).rejects.toMatchObject({
    code: 'POSTGRES_UNAVAILABLE',
    message: expect.stringContaining('version 9001'),
  })
})

test('a migration that fails leaves nothing behind and can be tried again', async () => {
  const { url } = await createTestDatabase({ migrated: false })
  await query(url, 'CREATE TABLE alerts (id integer)')
  await expect(migrate(url)).rejects.toThrow('relation "alerts" already exists')
  expect(await query(url, `SELECT to_regclass('audit_sessions') AS made`)).toEqual([{ made: null }])
  await query(url, 'DROP TABLE alerts')
  expect((await migrate(url)).applied).toContain('0001_audit_tables.sql')
})

test('the check constraint admits exactly the lifecycle types', async () => {
  const { url } = await createTestDatabase()
  const insert = `INSERT INTO audit_sessions (event_id, event_type, created_at, source) VALUES ('e', 'unheard_of', now(), 'queue')`
  await expect(query(url, insert)).rejects.toThrow('audit_sessions_event_type')
})

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Row[]
  } finally {
    await client.end()
  }
}
