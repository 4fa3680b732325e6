import { createHash } from 'node:crypto'
import { mkdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Redis } from 'ioredis'
import { createGenerator } from './generator.ts'
import { startPostgresServer } from './postgres-server.ts'
import { startRedisServer } from './redis-server.ts'
import { SampleServers, serversFile } from './running.ts'

const historyHours = 2

export interface Sample {
  redisUrl: string
  postgresUrl: string
  stop(): Promise<void>
}

export interface SampleOptions {
  folder: string
  connect: (url: string) => Redis
  /** Told in words what went wrong later on; the sample goes on. */
  onProblem: (message: string) => void
}

/**
 * The sample workspace: a PostgreSQL and a Redis of its own on loopback, kept in `folder` from start to start, and a
 * traffic generator. Servers that a killed console left behind are ended first: their data folder has one owner.
 */
export async function startSample({ folder, connect, onProblem }: SampleOptions): Promise<Sample> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await endLeftovers(folder)
  const [postgres, redis] = await startBoth(
    startPostgresServer({ dataDir: postgresFolder(folder) }),
    startRedisServer(redisFolder(folder)),
  )
  const servers = { pids: [postgres.pid, redis.pid], redisUrl: redis.url, postgresUrl: postgres.url }
  await writeFile(serversFile(folder), JSON.stringify(servers), { mode: 0o600 })
  const client = connect(redis.url)
  const generator = createGenerator({ redis: client, onProblem })
  const seeded = path.join(folder, 'seeded')
  if (await exists(seeded)) {
    await generator.adopt()
  } else {
    await generator.seedHistory(historyHours)
    await writeFile(seeded, '')
  }
  generator.start()
  return {
    redisUrl: redis.url,
    postgresUrl: postgres.url,
    async stop() {
      await generator.stop()
      await client.quit()
      await Promise.all([postgres.stop(), redis.stop()])
      await rm(serversFile(folder), { force: true })
    },
  }
}

interface Server {
  stop(): Promise<void>
}

/** Both, or neither: where one does not start, the other is stopped again. */
async function startBoth<A extends Server, B extends Server>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const outcomes = await Promise.allSettled([first, second])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed === undefined) return [await first, await second]
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.stop()
  throw failed.reason
}

/** Root's PostgreSQL runs as another user, who must be able to enter the folder: a private home is not such a place. */
function postgresFolder(folder: string): string {
  if (process.getuid?.() !== 0) return path.join(folder, 'postgres')
  const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 16)
  return path.join('/var/tmp', `gatehouse-sample-${name}`, 'postgres')
}

async function endLeftovers(folder: string): Promise<void> {
  const known = await readFile(serversFile(folder), 'utf8').then(
    (text) => SampleServers.parse(JSON.parse(text)).pids,
    () => [],
  )
  // PostgreSQL keeps its own record, too: its first line is its process id.
  const own = await readFile(path.join(postgresFolder(folder), 'postmaster.pid'), 'utf8').then(
    (text) => Number.parseInt(text, 10),
    () => 0,
  )
  const pids = own > 0 ? [...known, own] : known
  for (const pid of pids) {
    if (!(await isOurs(pid, folder))) continue
    process.kill(pid, 'SIGINT')
    for (let waited = 0; waited < 10_000 && (await isOurs(pid, folder)); waited += 100) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** A process id may have been given away since: it is ours only if it works in one of our folders. */
async function isOurs(pid: number, folder: string): Promise<boolean> {
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
  return cwd !== '' && [postgresFolder(folder), redisFolder(folder)].includes(cwd)
}

const redisFolder = (folder: string): string => path.join(folder, 'redis')
const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )
