import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Client, type ClientBase, type ClientConfig } from 'pg'
import { GatehouseError } from '../../../shared/errors.ts'
import { resourcePath } from '../../resources.ts'
import { advisoryLocks } from './locks.ts'
import { inTransaction } from './transaction.ts'

interface Migration {
  version: number
  name: string
}

/** The files of resources/migrations, oldest first: `0001_audit_tables.sql` is version 1. */
async function listMigrations(): Promise<Migration[]> {
  const names = await readdir(resourcePath('migrations'))
  return names
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .toSorted()
    .map((name) => ({ version: Number(name.slice(0, 4)), name }))
}

/** The version of the store, 0 for an empty database. Needs no right but to read. */
async function storedVersion(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('gatehouse_migrations') IS NOT NULL AS there`,
  )
  if (rows[0]?.there !== true) return 0
  const versions = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM gatehouse_migrations',
  )
  return versions.rows[0]?.version ?? 0
}

/** One migration in one transaction. False when another engine was quicker. */
async function apply(client: ClientBase, { version, name }: Migration): Promise<boolean> {
  const sql = await readFile(path.join(resourcePath('migrations'), name), 'utf8')
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.migrate])
    await client.query(`CREATE TABLE IF NOT EXISTS gatehouse_migrations (
      version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
    // The version is claimed before the work, so that two engines can never both do it.
    const { rowCount } = await client.query(
      'INSERT INTO gatehouse_migrations (version, name) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [version, name],
    )
    if (rowCount === 1) await client.query(sql)
    return rowCount === 1
  })
}

/**
 * Brings the store to the version of this program.
 * @returns names of the files that were applied by this call
 * @throws GatehouseError POSTGRES_UNAVAILABLE when the store is newer than the program
 */
export async function migrateWith(client: ClientBase): Promise<{ applied: string[] }> {
  const migrations = await listMigrations()
  const known = migrations.at(-1)?.version ?? 0
  const stored = await storedVersion(client)
  if (stored > known) {
    throw new GatehouseError(
      'POSTGRES_UNAVAILABLE',
      `The audit store is of version ${stored}, this program knows ${known}: a newer Gatehouse uses the same database. Update this one.`,
      { stored, known },
    )
  }
  const applied: string[] = []
  for (const migration of migrations) {
    if (migration.version > stored && (await apply(client, migration))) applied.push(migration.name)
  }
  return { applied }
}

/** migrateWith on a connection of its own. */
export async function migrateOn(options: ClientConfig): Promise<{ applied: string[] }> {
  const client = new Client(options)
  // What breaks the connection also fails the statement under way, which reports it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await migrateWith(client)
  } finally {
    await client.end()
  }
}

export const migrate = (url: string): Promise<{ applied: string[] }> =>
  migrateOn({ connectionString: url, application_name: 'gatehouse' })
