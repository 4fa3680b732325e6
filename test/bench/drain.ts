import path from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { createTempDir } from '../helpers/temp.ts'
import { timeBacklog, type BacklogResult } from './drain/backlog.ts'
import { bundle } from './drain/bundle.ts'
import { prepareCopy, type BareCopy } from './drain/copy.ts'
import { cpuTimeMs } from './drain/cpu-time.ts'
import { timeCritical, type CriticalLatency } from './drain/critical.ts'
import { startDrainProcess, type DrainProcess } from './drain/drain-process.ts'
import { emptyStores, fillQueue, preparePartitions } from './drain/items.ts'
import { drainNaively } from './drain/naive.ts'
import { median, round1 } from './median.ts'

/** Where the benchmark may write; the databases are emptied. */
export interface BenchServers {
  redisUrl: string
  /** A database with the tables of the program, on a server with its default settings (fsync on). */
  postgresUrl: string
}
type DrainServers = BenchServers & { pids: { redis: number; postgres: number } }

/** A number that is demanded: ratios are medians over the rounds of what was measured within one round. */
interface Demand {
  must: string
  aim: string
  measured: number
}

export interface DrainBench {
  events: number
  rounds: number
  copyWith: BareCopy['with']
  demands: Record<string, Demand>
  /** Events a second, median of the rounds. */
  rates: Record<string, number>
  /** Microseconds of processor time an event, by process; null where the system does not tell. */
  cpuUs: Record<string, { node: number; postgres: number | null; redis: number | null }>
  backlog: BacklogResult
  critical: CriticalLatency
}

/** By name: how many workers, and how many events a batch. */
const drains = {
  one1000: { workers: 1, size: 1_000 },
  two1000: { workers: 2, size: 1_000 },
  four1000: { workers: 4, size: 1_000 },
  two5000: { workers: 2, size: 5_000 },
  four5000: { workers: 4, size: 5_000 },
}
type DrainName = keyof typeof drains
const drainNames = Object.keys(drains) as DrainName[]
/** The drain whose events are pushed once more, to be found as duplicates. */
const replayed: DrainName = 'four5000'
/** The naive loop is timed on fewer events: its time grows with their number and nothing else. */
const naiveShare = 20

interface Cost {
  node: number
  postgres: number | null
  redis: number | null
}

/**
 * Drains numbered events of all dialects, beside a bare `\copy` of the same rows into the same indexed, partitioned
 * tables, and beside a loop that pops one and inserts one. Rounds are interleaved, so that whatever else the machine does
 * meets all alike. Each drain is a process that lives through all rounds, as an engine does.
 */
export async function benchDrain(
  servers: DrainServers,
  { events, rounds, backlog }: { events: number; rounds: number; backlog: number },
): Promise<DrainBench> {
  const redis = new Redis(servers.redisUrl)
  const postgres = new Client({ connectionString: servers.postgresUrl })
  await postgres.connect()
  const folder = await createTempDir()
  const program = await bundle(path.join(import.meta.dirname, 'drain', 'drain-program.ts'))
  const processes: DrainProcess[] = []
  const start = async (queue: Parameters<typeof startDrainProcess>[1]) => {
    const drain = await startDrainProcess(servers, queue, { program, cacheFolder: folder.path })
    processes.push(drain)
    return drain
  }
  try {
    await preparePartitions(postgres)
    const copy = await prepareCopy(servers.postgresUrl, postgres, events, folder.path)
    const taken: Record<string, number[]> = {}
    const costs: Record<string, Cost[]> = {}
    const note = (name: string, count: number, tookMs: number) => (taken[name] ??= []).push((count / tookMs) * 1_000)

    async function drainFrom(drain: DrainProcess, name: string, expected: 'stored' | 'duplicates'): Promise<void> {
      await fillQueue(redis, events)
      const before = await cpuOf(servers)
      const report = await drain.drain()
      const after = await cpuOf(servers)
      if (report[expected] !== events) throw new Error(`${name}: ${JSON.stringify(report)}, not ${events} ${expected}`)
      note(name, events, report.tookMs)
      const cost = {
        node: report.cpuMs,
        postgres: less(after.postgres, before.postgres),
        redis: less(after.redis, before.redis),
      }
      ;(costs[name] ??= []).push(cost)
    }

    const named = new Map<DrainName, DrainProcess>()
    for (const name of drainNames) {
      const { workers, size } = drains[name]
      const drain = await start({ workers, batch: { small: size, medium: size, large: size, bulk: size } })
      named.set(name, drain)
      // What a program runs for the first time it compiles; an engine runs for days.
      await emptyStores(redis, postgres)
      await fillQueue(redis, Math.min(events, 20_000))
      await drain.drain()
    }
    for (let round = 0; round < rounds; round++) {
      await emptyStores(redis, postgres)
      note('copy', events, await copy.run())
      for (const [name, drain] of named) {
        await emptyStores(redis, postgres)
        await drainFrom(drain, name, 'stored')
        if (name === replayed) await drainFrom(drain, 'replay', 'duplicates')
      }
      await emptyStores(redis, postgres)
      const few = Math.ceil(events / naiveShare)
      await fillQueue(redis, few)
      note('naive', few, await drainNaively(redis, postgres))
    }
    for (const drain of processes.splice(0)) await drain.end()

    const own = await start({})
    const backlogResult = await timeBacklog(redis, postgres, own, backlog)
    await emptyStores(redis, postgres)
    const critical = await timeCritical(redis, own, Math.min(backlog, 4 * events))

    const ratio = (over: string, under: string) =>
      median((taken[over] ?? []).map((value, n) => value / (taken[under]?.[n] ?? Number.NaN)))
    const best = (...names: DrainName[]) => Math.max(...names.map((name) => ratio(name, 'copy')))
    const demand = (must: string, aim: string, measured: number): Demand => ({ must, aim, measured: round3(measured) })
    return {
      events,
      rounds,
      copyWith: copy.with,
      demands: {
        'drain with up to 4 workers over \\copy, batches of 1,000': demand(
          '>= 0.80',
          '1.0',
          best('one1000', 'two1000', 'four1000'),
        ),
        'drain with up to 4 workers over \\copy, batches of 5,000': demand(
          '>= 0.85',
          '1.0',
          best('two5000', 'four5000'),
        ),
        'one worker over \\copy, batches of 1,000': demand('>= 0.55', '0.7', ratio('one1000', 'copy')),
        'drain over pop-one, insert-one': demand('>= 40', 'that of \\copy', ratio('four5000', 'naive')),
        '\\copy over pop-one, insert-one': demand('-', '-', ratio('copy', 'naive')),
        'replay of duplicates over a fresh drain': demand('>= 1.0', '1.5', ratio('replay', replayed)),
        'memory of the drain, MB': demand('<= 160', '120', backlogResult.peakMb),
        'an event of a large backlog over one of 10,000': demand('<= 1.1', '1.0', backlogResult.ratio),
        'critical event under a full drain, p99, ms': demand('<= 25', '-', critical.p99Ms),
      },
      rates: Object.fromEntries(Object.entries(taken).map(([name, rates]) => [name, Math.round(median(rates))])),
      cpuUs: Object.fromEntries(Object.entries(costs).map(([name, all]) => [name, medianCost(all, events)])),
      backlog: backlogResult,
      critical,
    }
  } finally {
    await Promise.all(processes.map((drain) => drain.end()))
    redis.disconnect()
    await postgres.end()
    await folder.remove()
  }
}

const cpuOf = async ({ pids }: DrainServers) => ({
  postgres: await cpuTimeMs(pids.postgres),
  redis: await cpuTimeMs(pids.redis),
})
const less = (after: number | null, before: number | null) =>
  after === null || before === null ? null : after - before

function medianCost(all: readonly Cost[], events: number): Cost {
  const us = (of: keyof Cost) => {
    const known = all.flatMap((cost) => cost[of] ?? [])
    return known.length === 0 ? null : round1((median(known) * 1_000) / events)
  }
  return { node: us('node') ?? Number.NaN, postgres: us('postgres'), redis: us('redis') }
}

const round3 = (number: number) => Math.round(number * 1_000) / 1_000
