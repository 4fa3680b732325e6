import path from 'node:path'
import { Client } from 'pg'
import { startPostgresServer } from '../../src/main/sample/postgres-server.ts'
import { keep } from './teardown.ts'
import { createTempDir } from './temp.ts'
import { waitFor } from './wait.ts'

/** Where global-setup.ts leaves the address of the server that all test files share. */
const sharedServer = 'GATEHOUSE_TEST_POSTGRES'
const template = 'gatehouse_template'
/** Any number, the same in all workers: whoever holds it makes the template. */
const templateLock = 7_204_115

export interface TestDatabase {
  url: string
  /**
   * Drops the database. Called at the end of the test file at the latest.
   * @throws Error that names the connections which the test left open
   */
  drop: () => Promise<void>
}

export interface TestPostgres {
  /** Connection string of the superuser, for the database "postgres". */
  url: string
  pid: number
  /** Ends all connections, shuts down and waits for the end. */
  stop: () => Promise<void>
  /** Ends it with SIGKILL, as a crash would. */
  kill: () => void
  /** Ends it with `signal` and waits for its end. SIGQUIT is PostgreSQL's immediate shutdown. */
  end: (signal: 'SIGQUIT' | 'SIGKILL') => Promise<void>
  /** Starts it again where it was, with what it had stored. */
  restart: () => Promise<TestPostgres>
}

/**
 * Starts a PostgreSQL of the caller's own, for tests that stop or kill it; others share one through
 * createTestDatabase. Commits are acknowledged as in production (synchronous_commit on); only the flush to disk is
 * left out (fsync off), which a killed server survives and a killed machine would not.
 * @param settings as for `postgres -c`
 */
export async function startPostgres(settings: Record<string, string> = {}): Promise<TestPostgres> {
  const folder = await createTempDir({ shared: true })
  return launch(path.join(folder.path, 'data'), settings)
}

async function launch(dataDir: string, settings: Record<string, string>): Promise<TestPostgres> {
  const server = await startPostgresServer({
    dataDir,
    settings: { max_connections: '200', fsync: 'off', synchronous_commit: 'on', ...settings },
  })
  const { url, pid } = server
  const kill = () => void process.kill(pid, 'SIGKILL')
  const stop = keep({ release: () => server.stop(), abandon: kill })
  const { port } = new URL(url)
  return {
    url,
    pid,
    stop,
    kill,
    async end(signal) {
      process.kill(pid, signal)
      await stop()
    },
    // Sessions outlive a killed server by moments, and hold the memory that they shared with it.
    restart: () => waitFor(() => launch(dataDir, { ...settings, port }), { what: 'PostgreSQL to start again' }),
  }
}

/**
 * Starts the shared server and tells the test files of this run where it is.
 * @returns ends it
 */
export async function startSharedPostgres(): Promise<() => Promise<void>> {
  const server = await startPostgres()
  process.env[sharedServer] = server.url
  return server.stop
}

/**
 * Makes a database of the test file's own on the shared server, or on the one at `server`.
 * @param options.migrated with the tables of the program (default), or empty
 */
export async function createTestDatabase(options: { migrated?: boolean; server?: string } = {}): Promise<TestDatabase> {
  const { migrated = true, server = process.env[sharedServer] } = options
  if (!server) throw new Error(`${sharedServer} is not set: run test files with vitest, which starts PostgreSQL`)
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await withClient(server, async (client) => {
    if (migrated) await ensureTemplate(client, server)
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${migrated ? template : 'template1'}`)
  })
  const release = () => withClient(server, (client) => dropUnused(client, name))
  return { url: databaseUrl(server, name), drop: keep({ release, abandon: () => {} }) }
}

/** Migrates once a run: every other database is a copy, which takes some tens of milliseconds. */
async function ensureTemplate(client: Client, server: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [templateLock])
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template])
    if (rowCount) return
    const unfinished = `${template}_unfinished`
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${unfinished}`)
    const { migrate } = await import('../../src/main/engine/postgres/migrate.ts')
    await migrate(databaseUrl(server, unfinished))
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`)
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [templateLock])
  }
}

/** The server notices a closed connection a moment later, hence the wait. */
async function dropUnused(client: Client, name: string): Promise<void> {
  const openConnections = async () => {
    const { rows } = await client.query<{ connection: string }>(
      `SELECT concat_ws(' ', state, nullif(application_name, ''), left(query, 200)) AS connection
         FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [name],
    )
    return rows.map((row) => row.connection)
  }
  let open: string[] = []
  const closed = async () => (open = await openConnections()).length === 0
  try {
    await waitFor(closed, { what: `the connections to ${name} to close`, timeoutMs: 2_000 })
  } catch (cause) {
    const message = `The test left ${open.length} connections to its database open: end every pool and client. ${open.join('; ')}`
    throw new Error(message, { cause })
  } finally {
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
