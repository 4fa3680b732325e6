import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { ConfigSchema, type ConfigInput } from '../../src/main/engine/config-schema.ts'
import { createDrain } from '../../src/main/engine/queue/drain.ts'
import type { RedisConnection } from '../../src/main/engine/redis/connection.ts'
import { openRedis } from '../../src/main/engine/redis/open.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli } from '../helpers/redis.ts'
import { startSentinel } from '../helpers/sentinel.ts'
import { waitFor } from '../helpers/wait.ts'
import { openQueueWorld } from './queue-world.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function open(redis: ConfigInput['redis']): RedisConnection {
  const connection = openRedis(ConfigSchema.parse({ redis }).redis, pino({ level: 'silent' }))
  closing.push(() => connection.close())
  return connection
}

const event = (n: number) =>
  JSON.stringify({ event_type: 'tick', event_id: `e${n}`, resource_id: String(n), created_at: '2026-11-20T10:00:00Z' })
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('a master that Sentinels name', () => {
  test('is found, and its successor: the drain loses and doubles nothing that was replicated', async () => {
    const { url, master, replica } = await startSentinel()
    const database = await createTestDatabase()
    const world = openQueueWorld(
      { redis: url, postgres: database.url },
      { leaseMs: 1_000, batch: { small: 100, medium: 100, large: 100, bulk: 100 } },
    )
    closing.push(() => world.close())
    const { redis } = world
    await Promise.all([redis.ready(), world.database.ready()])
    expect(redis.state().target).toMatch(/^main \(Sentinels 127\.0\.0\.1:\d+,/)
    const subscriber = redis.dedicated('test')
    await subscriber.subscribe('news')

    await redis.client.rpush('audit:queue', ...upTo(10_000).map(event))
    // Of the connection that wrote: for another one there is nothing to wait for.
    expect(await redis.client.wait(1, 4_000)).toBe(1)
    const drain = createDrain(world)
    drain.start()
    closing.push(() => drain.stop())
    await waitFor(() => drain.counters().storedEvents > 2_000, { what: 'the middle of the drain' })
    await master.kill()
    await waitFor(() => redis.state().status !== 'connected' && redis.state().reason, {
      what: 'the loss to be noticed',
    })
    const stored = async () =>
      (await world.database.query<{ n: number }>('SELECT resource_id::int AS n FROM audit_logs ORDER BY n')).map(
        ({ n }) => n,
      )
    await waitFor(async () => (await stored()).length === 10_000, { what: 'the rest', timeoutMs: 20_000 })
    await drain.stop()
    await drain.drainUntilEmpty()
    expect(await stored()).toEqual(upTo(10_000))
    expect(await redis.client.keys('*')).toEqual([])
    expect((await redis.client.info('server')).includes(`tcp_port:${replica.port}`)).toBe(true)
    await waitFor(async () => (await redisCli(replica.url, ['PUBSUB', 'NUMSUB', 'news'])) === 'news\n1', {
      what: 'the subscription at the successor',
    })
  }, 60_000)

  test('is not found by Sentinels that want a password, until they get it', async () => {
    const { url } = await startSentinel({ password: 'for-sentinels' })
    const refused = open({ url })
    await waitFor(() => refused.state().reason?.includes('REDIS_SENTINEL_PASSWORD'), { what: 'the reason' })
    const redis = open({ url, sentinel: { password: 'for-sentinels' } })
    await redis.ready(AbortSignal.timeout(10_000))
    expect(await redis.client.ping()).toBe('PONG')
  }, 30_000)
})

test('a failover by hand moves the connection to the successor; a command in between fails with the reason', async () => {
  const { url, replica, sentinel } = await startSentinel()
  const redis = open({ url })
  await redis.ready()
  const reasons: (string | null)[] = []
  redis.onState(({ status, reason }) => status === 'down' && reasons.push(reason))
  // Refused until the Sentinel has heard from the replica.
  await waitFor(async () => (await redisCli(sentinel.url, ['SENTINEL', 'FAILOVER', 'main'])) === 'OK', {
    what: 'a failover',
  })
  await waitFor(() => reasons.length > 0, { what: 'the loss to be noticed' })
  await redis.ready(AbortSignal.timeout(10_000))
  expect(reasons[0]).toMatch(/^main \(Sentinels .*\): another server becomes the master\.$/)
  await redis.client.set('written', 'after')
  expect(await redisCli(replica.url, ['GET', 'written'])).toBe('after')
}, 30_000)

test('Sentinels that are not there, or know no master of that name: the reason says so', async () => {
  const { url } = await startSentinel()
  const away = open({ url: 'redis+sentinel://127.0.0.1:1,127.0.0.1:2/main' })
  const unknown = open({ url: url.replace('/main', '/other') })
  const reasonOf = (redis: RedisConnection) =>
    waitFor(() => redis.state().status === 'down' && redis.state().reason, { what: 'a reason' })
  expect(await reasonOf(away)).toMatch(
    /^The Sentinel at 127\.0\.0\.1:[12] does not answer: .*the hosts in REDIS_URL\.$/,
  )
  expect(await reasonOf(unknown)).toMatch(/^The Sentinel at \S+ knows no master "other": .*REDIS_URL/)
  await expect(away.client.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
}, 30_000)
