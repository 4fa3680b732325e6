import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'
import { stopChild } from './stop-child.ts'

const run = promisify(execFile)
const startDeadlineMs = 60_000
const user = 'gatehouse'

export interface PostgresServer {
  /** Connects as the cluster's owner to its database `postgres`. */
  url: string
  pid: number
  stop(): Promise<void>
}

export interface PostgresServerOptions {
  /** The cluster's folder; made and initialised on the first start. As root it must lie where other users can enter. */
  dataDir: string
  /** Settings as for `postgres -c`. Without a `port` among them it is a free one. */
  settings?: Record<string, string>
}

/** Starts a PostgreSQL of our own on a loopback port. As root it runs as an unprivileged user: PostgreSQL insists. */
export async function startPostgresServer({ dataDir, settings = {} }: PostgresServerOptions): Promise<PostgresServer> {
  const runAs = await unprivilegedUser()
  const binaries = await findPostgresBinaries(runAs)
  const passwordFile = `${dataDir}.password`
  const fresh = !(await stat(path.join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  ))
  if (fresh) await initialise(binaries.initdb, dataDir, passwordFile, runAs)
  const password = (await readFile(passwordFile, 'utf8')).trim()
  const port = settings['port'] ?? String(await freePort())
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings, port }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(binaries.postgres, ['-D', dataDir, ...flags], {
    ...runAs,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
  })
  await untilReady(child)
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    pid: child.pid ?? 0,
    // SIGINT is PostgreSQL's fast shutdown: sessions are cut, data is flushed.
    stop: () => stopChild(child, 'SIGINT'),
  }
}

/** The user as whom root starts PostgreSQL: `postgres` where it exists, else `nobody`. null where we are not root. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => null)
    if (ids !== null) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) }
  }
  throw new Error(
    'PostgreSQL does not run as root and there is neither a user "postgres" nor "nobody": add one, or set POSTGRES_URL.',
  )
}

async function initialise(
  initdb: string,
  dataDir: string,
  passwordFile: string,
  runAs: { uid: number; gid: number } | null,
): Promise<void> {
  // Others may pass through the parent, and read nothing in it: the server's user is one of them.
  await mkdir(path.dirname(dataDir), { recursive: true, mode: 0o711 })
  await mkdir(dataDir, { mode: 0o700 })
  await writeFile(passwordFile, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 })
  // initdb reads the password from a file of its own user's, in a folder that this user can enter.
  const handOver = await mkdtemp(path.join(tmpdir(), 'gatehouse-initdb-'))
  const handedFile = path.join(handOver, 'password')
  try {
    await writeFile(handedFile, await readFile(passwordFile), { mode: 0o600 })
    if (runAs !== null) {
      for (const owned of [dataDir, handOver, handedFile]) await chown(owned, runAs.uid, runAs.gid)
    }
    await run(
      initdb,
      [
        `--pgdata=${dataDir}`,
        '--auth=scram-sha-256',
        `--username=${user}`,
        `--pwfile=${handedFile}`,
        '--encoding=UTF8',
        '--locale=C',
      ],
      {
        ...runAs,
        cwd: '/',
      },
    )
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true })
    throw error
  } finally {
    await rm(handOver, { recursive: true, force: true })
  }
}

/** Resolves when the server says that it is ready; rejects with its last words when it ends before. */
async function untilReady(child: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`PostgreSQL was not ready within ${startDeadlineMs} ms: ${said}`)),
      startDeadlineMs,
    )
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code} while starting: ${said}`)))
    child.stderr?.on('data', (chunk: Buffer) => {
      // Kept short: the pipe must be read for as long as the server runs.
      said = `${said}${chunk.toString()}`.slice(-4_000)
      if (!said.includes('ready to accept connections')) return
      clearTimeout(timer)
      resolve()
    })
  })
}
