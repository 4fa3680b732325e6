import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { openMirrorWorld, type MirrorWorld } from '../services/mirror-world.ts'
import { CommandWatch, type CommandSummary } from './command-watch.ts'
import type { BenchServers } from './drain.ts'
import { fillSessions } from './fill-sessions.ts'
import { median, round1 } from './median.ts'

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
  commands: CommandSummary
}

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
      await fillSessions(redis, liveIds, 'string')
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
      await fillSessions(redis, liveIds, 'hash')
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
      commands: watch.summary(),
    }
  } finally {
    redis.disconnect()
    await postgres.end()
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
