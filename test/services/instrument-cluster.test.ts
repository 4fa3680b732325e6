import { Cluster, type Redis } from 'ioredis'
import { createCluster } from 'redis'
import { beforeAll, expect, test } from 'vitest'
import {
  createActivity,
  createAuditLogger,
  createBruteForceGuard,
  createRateLimiter,
  type RedisClient,
} from '../../src/instrument/index.ts'
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts'
import { keep } from '../helpers/teardown.ts'

let servers: RedisCluster
let cluster: Cluster
let nodeCluster: RedisClient

beforeAll(async () => {
  servers = await startRedisCluster()
  cluster = new Cluster(servers.masters.map(({ port }) => ({ host: '127.0.0.1', port })))
  keep({ release: async () => cluster.disconnect(), abandon: () => undefined })
  await cluster.ping()
  const other = await createCluster({ rootNodes: servers.masters.map(({ url }) => ({ url })) }).connect()
  keep({ release: async () => other.destroy(), abandon: () => undefined })
  nodeCluster = other
})

test.each([
  ['ioredis', () => cluster],
  ['the package redis', () => nodeCluster],
])('on a Cluster through %s: every script keeps to one slot', async (name, clientOf) => {
  const redis = clientOf()
  await Promise.all(cluster.nodes('master').map((node: Redis) => node.flushall()))
  const problems: string[] = []
  const onProblem = ({ message }: Error): unknown => problems.push(message)

  const audit = createAuditLogger({ redis, depthLimit: 300, maxWaiting: 400, onProblem })
  for (let n = 0; n < 500; n++) audit.log({ n })
  expect(await audit.logCritical({ n: 'critical' })).toBe('pushed')
  await audit.flush()
  expect(audit.counters()).toMatchObject({ pushed: 301, overflowed: 100, dropped: 100, waiting: 100 })
  expect(await cluster.llen('audit:queue')).toBe(300)
  expect(await cluster.llen('audit:critical')).toBe(1)
  expect(await cluster.hgetall('audit:counters')).toEqual({ overflow_events: '100', dropped_events: '100' })
  expect(problems.splice(0).join()).not.toContain('CROSSSLOT')

  const ids = Array.from({ length: 60 }, (_, n) => `${name}:${n}`)
  for (const id of ids) await cluster.set(`session:${id}`, '{"user_id":"alice"}', 'EX', 600)
  const activity = createActivity({ redis, onProblem })
  for (const id of [...ids, ...ids]) activity.record(id)
  expect(await activity.close()).toMatchObject({ written: 120, failures: 0 })
  for (const id of ids) {
    expect(JSON.parse((await cluster.get(`session:${id}`)) ?? '')).toMatchObject({ api_call_count: 2 })
  }

  const limiter = createRateLimiter({ redis, limit: 2, windowMs: 60_000, timeoutMs: 10_000, onProblem })
  const taken = [await limiter.take('a'), await limiter.take('a'), await limiter.take('a')]
  expect(taken.map(({ allowed, source }) => [allowed, source])).toEqual([
    [true, 'redis'],
    [true, 'redis'],
    [false, 'redis'],
  ])

  const guard = createBruteForceGuard({ redis, account: { limit: 1 }, timeoutMs: 10_000, onProblem })
  await (await guard.begin({ account: 'alice', address: '10.0.0.1' })).failed()
  expect(await guard.begin({ account: 'alice', address: '10.0.0.2' })).toMatchObject({
    allowed: false,
    source: 'redis',
  })
  expect(problems).toEqual([])
  await audit.close(0)
})
