import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { openMirrorWorld, type MirrorWorld } from '../services/mirror-world.ts'
import type { BenchServers } from './drain.ts'

export interface MirrorBench {
  sessions: number
  rounds: number
  /** Sessions that the naive loop was timed on; its time for all of them is scaled up, and one KEYS added. */
  naiveSample: number
  /** Milliseconds for all sessions, median of the rounds. `restarted`: the first reconcile of an engine that starts. */
  tookMs: { naive: number; cold: number; unchanged: number; restarted: number; unchangedHashes: number }
  /** How many times faster than the naive loop, median of what was measured within one round. */
  ratios: { cold: number; unchanged: number; restarted: number; unchangedHashes: number }
  /** Over all rounds: rows that reconciles of unchanged sessions wrote, in any table. */
  rowsWrittenUnchanged: number
  /**
   * What the mirror sent and SLOWLOG recorded, the slowest first, at most twenty. The server's threshold is 2 ms. Redis
   * counts the time during which the machine ran something else instead: on a busy one even a PTTL is listed.
   */
  slowCommands: { count: number; slowest: { command: string; tookUs: number }[] }
  /**
   * Calls of the mirror by command; KEYS must not be among them. `p50Us`, `p99Us`: half, and 99 of 100 of the calls took
   * at most this long (Redis counts in powers of two); null for an older Redis, which keeps no histogram.
   */
  commands: Record<string, { calls: number; p50Us: number | null; p99Us: number | null }>
}

const ttlSeconds = 86_400
const tables = [
  'redis_sync_sessions',
  'audit_sessions',
  'audit_logs',
  'inferred_boundaries',
  'gatehouse_settings',
  'stored_transactions',
]

/**
 * Mirrors sessions that are all new, then all unchanged, then again by an engine that has just started; then unchanged
 * hashes; beside a loop that asks for KEYS, GETs one by one and upserts one by one. Rounds are interleaved, so that
 * whatever else the machine does meets all alike.
 */
export async function benchMirror(
  servers: BenchServers,
  { sessions, rounds }: { sessions: number; rounds: number },
): Promise<MirrorBench> {
  const redis = new Redis(servers.redisUrl)
  const postgres = new Client({ connectionString: servers.postgresUrl })
  await postgres.connect()
  const watch = new CommandWatch(redis)
  const naiveSample = Math.min(5_000, sessions)
  const liveIds = Array.from({ length: sessions }, () => randomBytes(18).toString('base64url'))
  const taken = { naive: [], cold: [], unchanged: [], restarted: [], unchangedHashes: [] } as Record<
    keyof MirrorBench['tookMs'],
    number[]
  >
  let rowsWrittenUnchanged = 0
  try {
    for (let round = 0; round < rounds; round++) {
      await redis.flushall()
      await fill(redis, liveIds, 'string')
      await postgres.query(`TRUNCATE ${tables.join(', ')}`)
      await postgres.query('CHECKPOINT')
      taken.naive.push(await timeNaive(redis, postgres, sessions, naiveSample))

      await postgres.query(`TRUNCATE ${tables.join(', ')}`)
      await postgres.query('CHECKPOINT')
      const world = await openMirrorWorld(servers)
      const timed = async (mirror: MirrorWorld['mirror']) => {
        await watch.begin()
        const { tookMs, scanned, created } = await mirror.reconcile()
        await watch.end()
        if (scanned !== sessions) throw new Error(`The mirror found ${scanned} of ${sessions} sessions`)
        return { tookMs, created }
      }
      const unchanged = async (mirror: MirrorWorld['mirror']) => {
        const before = await nextTransaction(postgres)
        const { tookMs } = await timed(mirror)
        rowsWrittenUnchanged += await rowsSince(postgres, before)
        return tookMs
      }
      const cold = await timed(world.mirror)
      if (cold.created !== sessions) throw new Error(`The mirror wrote ${cold.created} of ${sessions} sessions`)
      taken.cold.push(cold.tookMs)
      taken.unchanged.push(await unchanged(world.mirror))
      taken.restarted.push(await unchanged(world.restarted()))

      await redis.flushall()
      await fill(redis, liveIds, 'hash')
      await timed(world.mirror)
      taken.unchangedHashes.push(await unchanged(world.mirror))
      await world.close()
    }
    const times = (name: keyof typeof taken) => Math.round(median(taken[name]))
    const ratio = (name: keyof typeof taken) => round1(median(taken[name].map((ms, n) => taken.naive[n]! / ms)))
    return {
      sessions,
      rounds,
      naiveSample,
      tookMs: {
        naive: times('naive'),
        cold: times('cold'),
        unchanged: times('unchanged'),
        restarted: times('restarted'),
        unchangedHashes: times('unchangedHashes'),
      },
      ratios: {
        cold: ratio('cold'),
        unchanged: ratio('unchanged'),
        restarted: ratio('restarted'),
        unchangedHashes: ratio('unchangedHashes'),
      },
      rowsWrittenUnchanged,
      slowCommands: {
        count: watch.slow.length,
        slowest: watch.slow.toSorted((a, b) => b.tookUs - a.tookUs).slice(0, 20),
      },
      commands: watch.summary(),
    }
  } finally {
    redis.disconnect()
    await postgres.end()
  }
}

const fieldsOf = (liveId: string, n: number): Record<string, string | number> => ({
  session_id: liveId,
  user_id: `user-${n % 20_000}`,
  is_active: 'true',
  force_logout: 'false',
  ip_address: `10.${n % 200}.${n % 250}.${n % 240}`,
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
  last_active: new Date(Date.now() - (n % 7_200) * 1_000).toISOString(),
  expires_at: new Date(Date.now() + ttlSeconds * 1_000).toISOString(),
  api_call_count: n % 500,
})

async function fill(redis: Redis, liveIds: readonly string[], type: 'string' | 'hash'): Promise<void> {
  for (let from = 0; from < liveIds.length; from += 5_000) {
    const pipeline = redis.pipeline()
    for (const [n, liveId] of liveIds.slice(from, from + 5_000).entries()) {
      const key = `session:${liveId}`
      const fields = fieldsOf(liveId, from + n)
      if (type === 'string') pipeline.set(key, JSON.stringify(fields), 'EX', ttlSeconds)
      else pipeline.hset(key, fields).expire(key, ttlSeconds)
    }
    await pipeline.exec()
  }
}

/** What one writes first. */
async function timeNaive(redis: Redis, postgres: Client, sessions: number, sample: number): Promise<number> {
  const keysStartMs = performance.now()
  const keys = await redis.keys('session:*')
  const loopStartMs = performance.now()
  for (const key of keys.slice(0, sample)) {
    const session = JSON.parse((await redis.get(key)) ?? '{}') as Record<string, unknown>
    await postgres.query(
      `INSERT INTO redis_sync_sessions (session_id, user_id, profile, is_active, force_logout, ip_address, user_agent,
                                        last_active, expires_at, api_call_count, first_seen, last_seen)
       VALUES ($1, $2, 'plain-json', $3, $4, $5, $6, $7, $8, $9, now(), now())
       ON CONFLICT (session_id) DO UPDATE SET last_active = excluded.last_active, expires_at = excluded.expires_at,
         api_call_count = excluded.api_call_count, last_seen = excluded.last_seen`,
      [
        session['session_id'],
        session['user_id'],
        session['is_active'],
        session['force_logout'],
        session['ip_address'],
        session['user_agent'],
        session['last_active'],
        session['expires_at'],
        session['api_call_count'],
      ],
    )
  }
  const endMs = performance.now()
  return loopStartMs - keysStartMs + (endMs - loopStartMs) * (sessions / sample)
}

async function nextTransaction(postgres: Client): Promise<string> {
  const { rows } = await postgres.query<{ next: string }>(
    'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next',
  )
  return rows[0]?.next ?? ''
}

/** Rows that transactions from `next` on have left, in all tables that the mirror writes. */
async function rowsSince(postgres: Client, next: string): Promise<number> {
  const counts = tables.map((table) => `SELECT count(*)::int AS n FROM ${table} WHERE xmin::text::bigint >= $1::bigint`)
  const { rows } = await postgres.query<{ n: number }>(
    `SELECT sum(n)::int AS n FROM (${counts.join(' UNION ALL ')}) AS counted`,
    [next],
  )
  return rows[0]?.n ?? 0
}

/** Counts what the mirror sends to Redis, and keeps what took long. */
class CommandWatch {
  readonly slow: MirrorBench['slowCommands']['slowest'] = []
  readonly #redis: Redis
  readonly #calls = new Map<string, number>()
  /** By command, how many calls took at most so many microseconds. */
  readonly #histograms = new Map<string, Map<number, number>>()

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async begin(): Promise<void> {
    await this.#redis.config('RESETSTAT')
    await this.#redis.slowlog('RESET')
  }

  async end(): Promise<void> {
    const stats = await this.#redis.info('commandstats')
    for (const [, command = '', calls] of stats.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)) {
      this.#calls.set(command, (this.#calls.get(command) ?? 0) + Number(calls))
    }
    for (const [command, buckets] of await readHistograms(this.#redis)) {
      const sums = this.#histograms.get(command) ?? new Map<number, number>()
      for (const [us, calls] of buckets) sums.set(us, (sums.get(us) ?? 0) + calls)
      this.#histograms.set(command, sums)
    }
    const entries = (await this.#redis.slowlog('GET', 1_000)) as [number, number, number, string[]][]
    for (const [, , tookUs, words] of entries) {
      const command = words.slice(0, 2).join(' ').slice(0, 60)
      if (!/^(info|config|slowlog)/i.test(command)) this.slow.push({ command, tookUs })
    }
  }

  summary(): MirrorBench['commands'] {
    const own = [...this.#calls].filter(([command]) => !/^(config|slowlog|latency)/.test(command))
    const percentile = (command: string, share: number): number | null => {
      const buckets = [...(this.#histograms.get(command) ?? [])].toSorted(([a], [b]) => a - b)
      let left = share * (this.#calls.get(command) ?? 0)
      return buckets.find(([, calls]) => (left -= calls) <= 0)?.[0] ?? null
    }
    return Object.fromEntries(
      own.map(([command, calls]) => [
        command,
        { calls, p50Us: percentile(command, 0.5), p99Us: percentile(command, 0.99) },
      ]),
    )
  }
}

/** By command, pairs of microseconds and of the calls that took as long but longer than the pair before. */
async function readHistograms(redis: Redis): Promise<[command: string, buckets: [number, number][]][]> {
  // Nested lists of names and values: command, [ calls, n, histogram_usec, [ us, calls up to here, ... ] ]. Only since 7.0.
  const reply = (await redis.call('LATENCY', 'HISTOGRAM').catch(() => [])) as (string | (string | number[])[])[]
  const found: [string, [number, number][]][] = []
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const flat = (reply[i + 1]?.[3] ?? []) as number[]
    const upTo = flat.flatMap((us, n): [number, number][] => (n % 2 === 0 ? [[us, flat[n + 1] ?? 0]] : []))
    found.push([String(reply[i]), upTo.map(([us, calls], n) => [us, calls - (upTo[n - 1]?.[1] ?? 0)])])
  }
  return found
}

const round1 = (number: number) => Math.round(number * 10) / 10
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
