import { once } from 'node:events'
import { pino } from 'pino'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import type { RedisConnection } from '../../src/main/engine/redis/connection.ts'
import { openRedis } from '../../src/main/engine/redis/open.ts'
import { freePort } from '../helpers/ports.ts'
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'

const opened: RedisConnection[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()))
})

function open(url: string, allowLinkLocal = false): RedisConnection {
  const connection = openRedis(ConfigSchema.parse({ redis: { url } }).redis, pino({ level: 'silent' }), allowLinkLocal)
  opened.push(connection)
  return connection
}

const downBecause = (redis: RedisConnection, reason: RegExp) =>
  waitFor(() => redis.state().status === 'down' && reason.test(redis.state().reason ?? ''), {
    what: `the reason ${reason}`,
  })

describe('a Cluster', () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await startRedisCluster({ replicas: true })
  }, 30_000)

  test('is found from one of its servers, and every master is known', async () => {
    const redis = open(`redis+cluster://127.0.0.1:${cluster.masters[1]!.port}`)
    await redis.ready()
    expect(redis.state().server).toMatch(/^Redis \d.* Cluster, 3 masters$/)
    const ports = redis.nodes().map(({ options }) => options.port)
    expect(ports).toEqual(
      cluster.masters.map(({ port }) => port).toSorted((a, b) => String(a).localeCompare(String(b))),
    )
    await Promise.all(Array.from({ length: 100 }, (_, n) => redis.client.set(`key:${n}`, String(n))))
    expect(await redis.client.get('key:42')).toBe('42')
    const sizes = await Promise.all(redis.nodes().map((node) => node.dbsize()))
    expect(sizes.reduce((sum, size) => sum + size)).toBe(100)
  })

  test('is connected without ever having been down', async () => {
    const redis = open(cluster.url)
    const states: string[] = []
    redis.onState(({ status }) => states.push(status))
    await redis.ready()
    expect(new Set(states)).toEqual(new Set(['connected']))
  })

  test('gives a client of its own for one of its masters', async () => {
    const redis = open(cluster.url)
    await redis.ready()
    const [, second] = redis.nodes()
    const client = redis.dedicated('test', second)
    const subscriber = redis.dedicated('test')
    await subscriber.subscribe('news')
    const message = once(subscriber, 'message')
    await client.publish('news', 'from another server')
    expect(await message).toEqual(['news', 'from another server'])
    expect((await client.info('server')).includes(`tcp_port:${second!.options.port}`)).toBe(true)
  })

  test('says which server is away, fails commands at once with the reason, and goes on with the replica', async () => {
    const redis = open(cluster.url)
    await redis.ready()
    let changes = 0
    redis.onNodes(() => changes++)
    const [dead] = cluster.masters
    const [heir] = cluster.replicas
    await dead!.kill()
    await downBecause(redis, new RegExp(`127\\.0\\.0\\.1:${dead!.port}`))
    await expect(Promise.all(Array.from({ length: 50 }, (_, n) => redis.client.get(`key:${n}`)))).rejects.toMatchObject(
      { code: 'REDIS_UNAVAILABLE' },
    )
    await redis.ready(AbortSignal.timeout(15_000))
    expect(redis.nodes().map(({ options }) => options.port)).toContain(heir!.port)
    expect(changes).toBeGreaterThan(0)
    await Promise.all(Array.from({ length: 100 }, (_, n) => redis.client.set(`key:${n}`, 'again')))
  }, 30_000)
})

test('a server that belongs to a Cluster says how its URL is to be written', async () => {
  const server = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())] })
  const redis = open(server.url)
  await waitFor(() => redis.state().reason?.includes('write redis+cluster://'), { what: 'the reason' })
  expect(redis.state().status).toBe('connecting')
})

test('no server is there: the reason says so', async () => {
  const redis = open('redis+cluster://127.0.0.1:1,127.0.0.1:2')
  await downBecause(redis, /Nothing listens on Redis at 127\.0\.0\.1:[12]/)
  await expect(redis.client.get('x')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
})

test('a link-local address that a Cluster names is not connected to', async () => {
  const cluster = await startRedisCluster()
  const [first, second] = cluster.masters
  await redisCli(first!.url, ['CONFIG', 'SET', 'cluster-announce-ip', '169.254.169.254'])
  await waitFor(async () => (await redisCli(second!.url, ['CLUSTER', 'SLOTS'])).includes('169.254'), {
    what: 'the other servers to hear of it',
  })
  const redis = open(`redis+cluster://127.0.0.1:${second!.port}`)
  await downBecause(redis, /169\.254\.169\.254 is a link-local or metadata address/)
}, 30_000)
