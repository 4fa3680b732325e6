import { readFile } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { spawnEngine, type EngineHandle } from '../../src/main/engine/spawn.ts'
import { createLogger } from '../../src/main/log.ts'
import { loadScreen } from '../../src/main/screen-files.ts'
import { startWebHost, type WebHost } from '../../src/main/web/host.ts'
import type { EngineClient } from '../../src/shared/contract/index.ts'
import { AuditMetrics, ServiceHealth } from '../../src/shared/model/health.ts'
import { ask } from '../contract/ask.ts'
import { createScreenDir } from '../contract/screen-dir.ts'
import { parseExposition, seriesOf, valueOf } from '../helpers/exposition.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'

const log = createLogger('test', 'silent')
const metricsToken = 'metrics-token-of-the-test'
let server: RedisServer
let redis: Redis
let engine: EngineHandle
let client: EngineClient
let host: WebHost
let port: number

beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url, { replyMapping: 'legacy' })
  const config = ConfigSchema.parse({
    home: (await createTempDir()).path,
    redis: { url: server.url },
    postgres: { url: (await createTestDatabase()).url },
    mirror: { intervalMs: 250 },
    queue: { idleMs: 20 },
    log: { level: 'silent' },
  })
  engine = await spawnEngine({ config, secretKey: null, log })
  client = engine.client('test')
  const screen = await loadScreen(await createScreenDir())
  host = await startWebHost({ engine, screen, home: config.home, port: 0, metricsToken, log })
  port = Number(new URL(host.url).port)
  // What is there when an engine first looks is no news to it.
  await waitFor(async () => (await count('gatehouse_reconciles_total')) > 0, { what: 'a reconcile', timeoutMs: 20_000 })
})
afterAll(async () => {
  redis.disconnect()
  await host.stop()
  await engine.stop()
})

const get = (target: string) => ask(port, target, { Authorization: `Bearer ${metricsToken}` })
/** By the engine itself: a scrape over HTTP counts as a try of the token, and tests try often. */
const scrape = async () => parseExposition(await client.monitoring.metrics())
const count = async (series: string) => valueOf(await scrape(), series) ?? Number.NaN
const reaches = (series: string, value: number) =>
  waitFor(async () => (await count(series)) === value, { what: `${series} to reach ${value}`, timeoutMs: 20_000 })

const push = (events: readonly object[]) => redis.rpush('audit:queue', ...events.map((event) => JSON.stringify(event)))
const session = (id: string, calls: number, facts: object = {}) =>
  redis.set(
    `session:${id}`,
    JSON.stringify({ session_id: id, user_id: `user-${id}`, is_active: true, api_call_count: calls, ...facts }),
    'EX',
    3_600,
  )

describe('metrics', () => {
  test('are what Prometheus reads, each with its help, its type and values for all its labels', async () => {
    const { status, headers, body } = await get('/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const metrics = parseExposition(body)
    const typeOf = Object.fromEntries([...metrics].map(([name, { type }]) => [name, type]))
    expect(typeOf).toMatchObject({
      sessions_active_total: 'gauge',
      api_calls_total: 'counter',
      login_failures_total: 'counter',
      session_duration_seconds: 'histogram',
      gatehouse_queue_depth: 'gauge',
      gatehouse_redis_latency_seconds: 'summary',
      gatehouse_postgres_write_seconds: 'summary',
      gatehouse_push_to_commit_seconds: 'summary',
    })
    const bounds = seriesOf(metrics).filter((series) => series.startsWith('session_duration_seconds_bucket'))
    const limits = bounds.map((series) => /le="(.+)"/.exec(series)?.[1])
    expect(new Set(limits)).toEqual(new Set(['60', '300', '900', '3600', '86400', '+Inf']))
    expect(valueOf(metrics, 'gatehouse_connection_up{store="redis"}')).toBe(1)
    expect(valueOf(metrics, 'gatehouse_connection_up{store="postgres"}')).toBe(1)
  })

  test('are all explained in docs/monitoring.md, and no others', async () => {
    const text = await readFile(new URL('../../docs/monitoring.md', import.meta.url), 'utf8')
    const rows = text.split('\n').filter((line) => /^\|.*\| (gauge|counter|histogram|summary)/.test(line))
    const named = rows.flatMap((row) => row.split('|')[1]?.match(/[a-z]+(_[a-z]+)+/g) ?? [])
    expect(new Set(named)).toEqual(new Set((await scrape()).keys()))
  })

  test('count what was fed: events, failures of log-ins, duplicates, items that cannot be stored', async () => {
    const at = new Date().toISOString()
    const failures = Array.from({ length: 7 }, (_, n) => ({
      event_type: 'failed_login',
      event_id: `failure-${n}`,
      user_id: 'mallory',
      session_id: 's',
      created_at: at,
    }))
    await push([...failures, { event_type: 'made_up', event_id: 'one', created_at: at }, failures[0]!])
    await redis.rpush('audit:queue', 'this is no event')
    await reaches('gatehouse_items_failed_total', 1)
    await reaches('gatehouse_events_stored_total', 8)
    await reaches('gatehouse_events_duplicate_total', 1)
    await reaches('login_failures_total', 7)
    await reaches('gatehouse_queue_depth{queue="failed"}', 1)
    await reaches('gatehouse_queue_depth{queue="queue"}', 0)
    expect(await count('gatehouse_postgres_write_seconds_count')).toBeGreaterThan(0)
    expect(await count('gatehouse_push_to_commit_seconds{quantile="0.99"}')).toBeGreaterThan(0)
    expect(await count('gatehouse_problems_total{area="queue"}')).toBeGreaterThan(0)
    expect(await count('gatehouse_batch_size')).toBeGreaterThan(0)
  })

  test('count calls by what sessions add to them, and how long sessions lasted', async () => {
    const before = await count('api_calls_total')
    const anHourAgo = new Date(Date.now() - 3_500_000).toISOString()
    await session('short', 5)
    await session('long', 0, { created_at: anHourAgo })
    await reaches('api_calls_total', before + 5)
    await reaches('sessions_active_total', 2)
    await session('short', 12)
    await reaches('api_calls_total', before + 12)
    // It began to count anew.
    await session('short', 2)
    await reaches('api_calls_total', before + 14)

    await redis.del('session:short', 'session:long')
    await reaches('session_duration_seconds_count', 2)
    expect(await count('session_duration_seconds_bucket{le="60"}')).toBe(1)
    expect(await count('session_duration_seconds_bucket{le="900"}')).toBe(1)
    expect(await count('session_duration_seconds_bucket{le="3600"}')).toBe(2)
    await reaches('sessions_active_total', 0)
  })

  test('count revocations by what became of them, and the time of the session that ended', async () => {
    const ends = await count('session_duration_seconds_count')
    await session('taken', 1)
    const rows = () => client.sessions.search({ query: 'user:user-taken state:live' })
    const found = await waitFor(async () => (await rows()).rows[0], { what: 'the session' })
    const target = { kind: 'session' as const, sessionId: found.sessionId }
    const plan = await client.revocations.plan({ target })
    const reason = { code: 'compromised' as const, text: 'a test took it' }
    for await (const _ of await client.revocations.execute({ planId: plan.planId, reason, confirmCount: 1 }));
    await reaches('gatehouse_revocations_total{outcome="verified"}', 1)
    await reaches('session_duration_seconds_count', ends + 1)
  })

  test('have the same series whatever the data says', async () => {
    const before = seriesOf(await scrape())
    const stored = await count('gatehouse_events_stored_total')
    const hostile = (n: number) => `user-${n}" } 1\n# TYPE evil gauge\nevil{x="${n}`
    for (let from = 0; from < 10_000; from += 1_000) {
      await push(
        Array.from({ length: 1_000 }, (_, n) => ({
          event_type: n % 2 === 0 ? `made_up_${from + n}` : `x"\\\n{${from + n}}`,
          event_id: `hostile-${from + n}`,
          user_id: hostile(from + n),
          created_at: new Date().toISOString(),
        })),
      )
    }
    await session(hostile(1), 1, { user_id: hostile(2) })
    await redis.set('session:broken"\n', hostile(3))
    await reaches('gatehouse_events_stored_total', stored + 10_000)
    expect(seriesOf(await scrape())).toEqual(before)
  })
})

describe('health', () => {
  test('of the queue: numbers of the last minute, and what to do', async () => {
    await push([{ event_type: 'made_up', event_id: 'for-health', created_at: new Date().toISOString() }])
    await reaches('gatehouse_queue_depth{queue="queue"}', 0)
    const { status, body } = await get('/api/v1/monitoring/audit-metrics')
    expect(status).toBe(200)
    const { health, metrics, recommendations } = AuditMetrics.parse(JSON.parse(body))
    expect(metrics).toMatchObject({ queue_length: 0, total_dropped_events: 0, total_overflow_events: 0 })
    expect(metrics.inserts_last_minute).toBeGreaterThan(0)
    expect(metrics.avg_batch_time_ms).toBeGreaterThan(0)
    expect(metrics.current_batch_size).toBeGreaterThan(0)
    expect(health.status).not.toBe('unhealthy')
    expect(recommendations.at(-1)).toEqual({
      severity: 'info',
      text: expect.stringMatching(/^1 items lie in audit:failed/) as string,
    })
  })

  test('latencies are in the live status, and Redis’s in its samples', async () => {
    for await (const { latencies, sample } of await client.system.live()) {
      if (latencies.redis === null || sample.redisLatencyMs === null) continue
      const { p50Ms, p95Ms, p99Ms, samples } = latencies.redis
      expect(samples).toBeGreaterThan(0)
      expect(p50Ms).toBeGreaterThan(0)
      expect(p95Ms).toBeGreaterThanOrEqual(p50Ms)
      expect(p99Ms).toBeGreaterThanOrEqual(p95Ms)
      expect(latencies.postgresWrite?.samples).toBeGreaterThan(0)
      break
    }
  })

  // Last: it takes Redis away, and with it what lies there.
  test('of the services: 503 while Redis is away, and 200 again once it is back', async () => {
    const health = async () => {
      const { status, body } = await get('/api/v1/monitoring/health')
      return { code: status, health: ServiceHealth.parse(JSON.parse(body)) }
    }
    const until = (code: number) =>
      waitFor(async () => (await health()).code === code, {
        what: `HTTP ${code}`,
        timeoutMs: 30_000,
        intervalMs: 1_000,
      })
    expect((await health()).health).toEqual({
      status: 'healthy',
      services: { redis: 'healthy', audit_worker: 'healthy', postgres: 'healthy' },
    })
    redis.disconnect()
    await server.stop()
    await until(503)
    expect((await health()).health).toEqual({
      status: 'unhealthy',
      services: { redis: 'unhealthy', audit_worker: 'unhealthy', postgres: 'healthy' },
    })
    expect(await count('gatehouse_connection_up{store="redis"}')).toBe(0)
    await waitFor(async () => Number.isNaN(await count('gatehouse_queue_depth{queue="queue"}')), {
      what: 'an unknown depth',
    })
    const issues = AuditMetrics.parse(await client.monitoring.auditMetrics()).health.issues
    expect(issues).toContain('Redis is not connected.')

    await startRedis({ port: server.port })
    await until(200)
    expect(await count('gatehouse_connection_up{store="redis"}')).toBe(1)
  })
})
