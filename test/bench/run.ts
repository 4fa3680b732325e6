import os from 'node:os'
import { Redis } from 'ioredis'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { releaseAll } from '../helpers/teardown.ts'
import { benchBacktest } from './backtest.ts'
import { benchChanges } from './changes.ts'
import { benchCritical } from './critical.ts'
import { benchDrain, type BenchServers } from './drain.ts'
import { benchLongest } from './longest.ts'
import { benchMiddleware } from './middleware.ts'
import { benchMirror } from './mirror.ts'
import { giveOwnCore } from './own-core.ts'
import { benchWatch } from './watch.ts'

/**
 * `npm run bench [-- drain|critical|mirror|changes|longest|middleware|backtest] [--quick]`: everything is measured as ratios or
 * differences within one run, because machines differ and are noisy. Prints JSON; progress goes to stderr.
 */
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const quick = process.argv.includes('--quick')
const wanted = (name: string): boolean => names.length === 0 || names.includes(name)
const say = (text: string): void => void process.stderr.write(`[bench] ${text}\n`)

async function freshServers(): Promise<BenchServers & { pids: { redis: number; postgres: number } }> {
  // With flushes to disk, as in production; the tests leave them out.
  const postgres = await startPostgres({ fsync: 'on' })
  const redis = await startRedis({ args: ['--slowlog-log-slower-than', '2000', '--slowlog-max-len', '1000'] })
  const pids = { redis: redis.pid, postgres: postgres.pid }
  return { redisUrl: redis.url, postgresUrl: (await createTestDatabase({ server: postgres.url })).url, pids }
}

async function versions({ redisUrl }: BenchServers): Promise<Record<string, string>> {
  const redis = new Redis(redisUrl)
  const info = await redis.info('server')
  redis.disconnect()
  return {
    node: process.version,
    redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
    cpu: `${os.cpus().length} x ${os.cpus()[0]?.model ?? 'unknown'}`,
  }
}

const result: Record<string, unknown> = {}
try {
  if (wanted('drain')) {
    say('drain, beside \\copy and beside pop-one insert-one')
    const servers = await freshServers()
    result['machine'] = await versions(servers)
    result['drain'] = await benchDrain(
      servers,
      quick ? { events: 20_000, rounds: 1, backlog: 50_000 } : { events: 50_000, rounds: 5, backlog: 1_000_000 },
    )
    await releaseAll()
  }
  if (wanted('critical')) {
    say('critical events under a full drain')
    const servers = await freshServers()
    result['machine'] ??= await versions(servers)
    result['critical'] = await benchCritical(
      servers,
      quick ? { backlog: 50_000, rounds: 2 } : { backlog: 200_000, rounds: 5 },
    )
    await releaseAll()
  }
  if (wanted('mirror')) {
    say('mirror, beside KEYS + GET + upsert')
    const servers = await freshServers()
    result['machine'] ??= await versions(servers)
    result['mirror'] = await benchMirror(
      servers,
      quick ? { sessions: 10_000, rounds: 1 } : { sessions: 100_000, rounds: 5 },
    )
    await releaseAll()
  }
  if (wanted('changes')) {
    say('changes of sessions, beside many that rest')
    const servers = await freshServers()
    result['machine'] ??= await versions(servers)
    const full = { sessions: 1_000_000, changesPerSecond: 1_000, seconds: 90 }
    const short = { sessions: 50_000, changesPerSecond: 1_000, seconds: 10 }
    result['changes'] = await benchChanges(servers, quick ? short : full)
    await releaseAll()
  }
  if (wanted('middleware')) {
    say('the middleware of gatehouse/instrument, beside the same page without')
    const redis = await startRedis()
    result['middleware'] = await benchMiddleware(
      redis.url,
      quick ? { requests: 500, rounds: 1 } : { requests: 5_000, rounds: 5 },
    )
    await releaseAll()
  }
  if (wanted('longest')) {
    say('the commands that hold Redis longest')
    const servers = await freshServers()
    const ownCore = giveOwnCore(servers.pids.redis, [servers.pids.postgres, process.pid])
    result['machine'] ??= await versions(servers)
    const sessions = quick ? 10_000 : 1_000_000
    result['longest'] = await benchLongest(servers, { sessions, ownCore, say })
  }
  if (wanted('watch')) {
    result['watch'] = await benchWatch(freshServers, { quick, say })
    await releaseAll()
  }
  if (wanted('backtest')) {
    result['backtest'] = await benchBacktest({ quick, say })
    await releaseAll()
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
} finally {
  await releaseAll()
}
