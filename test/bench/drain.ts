import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { copyField } from '../../src/main/engine/postgres/copy-text.ts'
import { columnNames, eventTables } from '../../src/main/engine/postgres/event-columns.ts'
import { decodeBatch } from '../../src/main/engine/queue/decode/batch.ts'
import { createDrain } from '../../src/main/engine/queue/drain.ts'
import { createPublisher } from '../../src/main/engine/queue/publish.ts'
import { createTempDir } from '../helpers/temp.ts'
import { openQueueWorld } from '../services/queue-world.ts'

/** Where the benchmark may write; the databases are emptied. */
export interface BenchServers {
  redisUrl: string
  /** A database with the tables of the program, on a server with its default settings (fsync on). */
  postgresUrl: string
}

export interface DrainBench {
  events: number
  rounds: number
  /** What the bare copy was done with: psql where it is installed. */
  copyWith: 'psql' | 'pg-copy-streams'
  /** Events a second, median of the rounds. */
  rates: { copy: number; drain1: number; drain2: number; drain4: number; naive: number }
  /** Medians over the rounds of what was measured within one round. */
  ratios: { drain1ToCopy: number; drain2ToCopy: number; drain4ToCopy: number; drain2ToNaive: number }
}

const day = '2026-01-15'
/** The naive loop is timed on fewer events: its time grows with their number and nothing else. */
const naiveShare = 20

/**
 * Drains numbered events of all dialects with one, two and four workers, beside a bare `\copy` of the same rows into the
 * same indexed, partitioned tables, and beside a loop that pops one and inserts one. Rounds are interleaved, so that
 * whatever else the machine does meets all alike. The live feed is on, as in the program.
 */
export async function benchDrain(
  servers: BenchServers,
  { events, rounds }: { events: number; rounds: number },
): Promise<DrainBench> {
  const items = Array.from({ length: events }, (_, n) => JSON.stringify(makeItem(n)))
  const redis = new Redis(servers.redisUrl)
  const postgres = new Client({ connectionString: servers.postgresUrl })
  await postgres.connect()
  const folder = await createTempDir()
  try {
    await preparePartitions(postgres)
    const files = await writeCopyFiles(items, folder.path)
    const copyWith = (await hasPsql()) ? 'psql' : 'pg-copy-streams'
    const measures = {
      copy: () => timeCopy(copyWith, servers, postgres, files),
      drain1: () => timeDrain(servers, redis, items, 1),
      drain2: () => timeDrain(servers, redis, items, 2),
      drain4: () => timeDrain(servers, redis, items, 4),
      naive: () => timeNaive(redis, postgres, items.slice(0, Math.ceil(events / naiveShare))),
    }
    type Name = keyof typeof measures
    const taken: Record<Name, number[]> = { copy: [], drain1: [], drain2: [], drain4: [], naive: [] }
    for (let round = 0; round < rounds; round++) {
      for (const name of Object.keys(measures) as Name[]) {
        await redis.flushall()
        await postgres.query(
          'TRUNCATE audit_sessions, audit_logs, ingest_batch, stored_transactions, inferred_boundaries',
        )
        await postgres.query('CHECKPOINT')
        taken[name].push(await measures[name]())
      }
    }
    const rate = (name: Name) => Math.round(median(taken[name]))
    const ratio = (over: Name, under: Name) => round3(median(taken[over].map((value, n) => value / taken[under][n]!)))
    return {
      events,
      rounds,
      copyWith,
      rates: {
        copy: rate('copy'),
        drain1: rate('drain1'),
        drain2: rate('drain2'),
        drain4: rate('drain4'),
        naive: rate('naive'),
      },
      ratios: {
        drain1ToCopy: ratio('drain1', 'copy'),
        drain2ToCopy: ratio('drain2', 'copy'),
        drain4ToCopy: ratio('drain4', 'copy'),
        drain2ToNaive: ratio('drain2', 'naive'),
      },
    }
  } finally {
    redis.disconnect()
    await postgres.end()
    await folder.remove()
  }
}

const types = ['login', 'session_check', 'failed_login', 'token_refresh', 'api_key_created', 'account_upgraded']

/** Numbered items: two thirds session events, the rest of the resource and the action dialect. */
function makeItem(n: number): Record<string, unknown> {
  const facts = {
    event_id: `bench-${String(n).padStart(9, '0')}`,
    user_id: `user-${n % 5_000}`,
    ip_address: `10.${n % 200}.${n % 250}.${n % 240}`,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
    created_at: new Date(Date.parse(day) + (n % 80_000) * 1_000 + (n % 1_000)).toISOString(),
  }
  const type = types[n % types.length]!
  if (type === 'account_upgraded') {
    return { ...facts, action: type, status: 'success', duration_ms: n % 97, details: { plan: 'team' } }
  }
  if (type === 'api_key_created') {
    return { ...facts, event_type: type, event_category: 'info', resource_type: 'api_key', resource_id: `key-${n}` }
  }
  return { ...facts, event_type: type, session_id: `session-${n % 20_000}`, country: 'DE', metadata: { device: n % 7 } }
}

async function preparePartitions(postgres: Client): Promise<void> {
  for (const { name } of Object.values(eventTables)) {
    await postgres.query(
      `CREATE TABLE IF NOT EXISTS ${name}_bench PARTITION OF ${name} FOR VALUES FROM ('${day}') TO ('2026-01-16')`,
    )
  }
}

interface CopyFile {
  file: string
  text: string
  /** `table (columns)` */
  into: string
  rows: number
}

/** The rows that the drain would write, as COPY reads them: made beforehand, so that copying is all that is timed. */
async function writeCopyFiles(items: readonly string[], folder: string): Promise<CopyFile[]> {
  const world = openQueueWorld({ redis: 'redis://127.0.0.1:1' })
  const batch = { batchId: '1700000000000-queue-0123456789abcdef', items: items.map((item) => Buffer.from(item)) }
  const { events } = decodeBatch(batch, world.sessionIds, world.problems)
  await world.close()
  return Promise.all(
    Object.entries(eventTables).map(async ([kind, table]) => {
      const rows = events.filter((event) => event.kind === kind)
      const lines = rows.map((row) => table.columns.map((column) => copyField(column.text(row))).join('\t'))
      const copy = { file: path.join(folder, `${kind}.copy`), text: `${lines.join('\n')}\n`, rows: rows.length }
      await writeFile(copy.file, copy.text)
      return { ...copy, into: `${table.name} (${columnNames(table)})` }
    }),
  )
}

const run = promisify(execFile)
const hasPsql = () =>
  run('psql', ['--version']).then(
    () => true,
    () => false,
  )

async function timeCopy(
  copyWith: DrainBench['copyWith'],
  servers: BenchServers,
  postgres: Client,
  files: readonly CopyFile[],
): Promise<number> {
  const startMs = performance.now()
  for (const { file, into, text } of files) {
    if (copyWith === 'psql') await run('psql', [servers.postgresUrl, '-qc', `\\copy ${into} from '${file}'`])
    else await pipeline(Readable.from(chunksOf(text)), postgres.query(copyFrom(`COPY ${into} FROM STDIN`)))
  }
  return perSecond(sum(files.map(({ rows }) => rows)), startMs)
}

function* chunksOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += 256 * 1024) yield text.slice(from, from + 256 * 1024)
}

async function timeDrain(
  servers: BenchServers,
  redis: Redis,
  items: readonly string[],
  workers: number,
): Promise<number> {
  for (let from = 0; from < items.length; from += 1_000) {
    await redis.rpush('audit:queue', ...items.slice(from, from + 1_000))
  }
  const world = openQueueWorld({ redis: servers.redisUrl, postgres: servers.postgresUrl }, { workers })
  try {
    await Promise.all([world.redis.ready(), world.database.ready()])
    const publisher = createPublisher(world)
    const startMs = performance.now()
    const { stored } = await createDrain(world).drainUntilEmpty()
    const rate = perSecond(items.length, startMs)
    await publisher.close()
    if (stored !== items.length) throw new Error(`The drain stored ${stored} of ${items.length} events`)
    return rate
  } finally {
    await world.close()
  }
}

/** What one writes first: pop one, insert one, each in a transaction of its own. */
async function timeNaive(redis: Redis, postgres: Client, items: readonly string[]): Promise<number> {
  await redis.rpush('audit:queue', ...items)
  const startMs = performance.now()
  for (let item = await redis.lpop('audit:queue'); item !== null; item = await redis.lpop('audit:queue')) {
    const event = JSON.parse(item) as Record<string, unknown>
    await postgres.query(
      `INSERT INTO audit_logs (event_id, user_id, action, ip_address, user_agent, details, created_at, source)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'queue')`,
      [
        event['event_id'],
        event['user_id'],
        event['event_type'] ?? event['action'],
        event['ip_address'],
        event['user_agent'],
        event['metadata'] ?? {},
        event['created_at'],
      ],
    )
  }
  return perSecond(items.length, startMs)
}

const perSecond = (count: number, startMs: number) => (count / (performance.now() - startMs)) * 1_000
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const round3 = (number: number) => Math.round(number * 1_000) / 1_000
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
