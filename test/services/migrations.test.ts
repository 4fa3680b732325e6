import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { migrate } from '../../src/main/engine/postgres/migrate.ts'
import { resourcePath } from '../../src/main/resources.ts'
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
  'suppressions',
  'notifications',
  'alert_notices',
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

test('a store of the first version keeps its alerts, and what was said of them', async () => {
  const { url } = await createTestDatabase({ migrated: false })
  const first = '0001_audit_tables.sql'
  await query(url, await readFile(resourcePath('migrations', first), 'utf8'))
  await query(
    url,
    `CREATE TABLE gatehouse_migrations (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
     INSERT INTO gatehouse_migrations (version, name) VALUES (1, '${first}');
     INSERT INTO alerts (alert_id, rule_id, rule_version, title, severity, entity_kind, entity, window_start, window_end, value,
       threshold, timespan_ms, event_count, summary, state, owner)
     VALUES ('a', 'r', '1', 't', 'high', 'user', 'alice', now(), now(), 6, 5, 60000, 6, 'why', 'acknowledged', 'bob');
     INSERT INTO alert_triage (alert_id, actor, action, comment) VALUES ('a', 'bob', 'comment', 'mine')`,
  )
  expect((await migrate(url)).applied).toContain('0002_alerts_triage.sql')
  expect(await query(url, 'SELECT state, verdict, owner, revision FROM alerts')).toEqual([
    { state: 'acknowledged', verdict: null, owner: 'bob', revision: 0 },
  ])
  expect(await query(url, 'SELECT actor, comment, to_state FROM alert_triage')).toEqual([
    { actor: 'bob', comment: 'mine', to_state: 'new' },
  ])
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
