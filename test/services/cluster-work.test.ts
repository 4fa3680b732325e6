import type { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDeadLetters } from '../../src/main/engine/queue/dead-letters.ts'
import { createDrain } from '../../src/main/engine/queue/drain.ts'
import { createInspection } from '../../src/main/engine/queue/inspect.ts'
import { createSource } from '../../src/main/engine/queue/sources.ts'
import { endSession } from '../../src/main/engine/revocation/end-session.ts'
import type { RedisKey } from '../../src/shared/model/ids.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/postgres.ts'
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts'
import { redisCli, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openMirrorWorld } from './mirror-world.ts'
import { openQueueWorld } from './queue-world.ts'

type World = ReturnType<typeof openQueueWorld>

let cluster: RedisCluster
let database: TestDatabase
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: true })
}, 30_000)
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  await Promise.all(cluster.masters.map(({ url }) => redisCli(url, ['FLUSHALL']).catch(() => 'not a master any more')))
})

async function openQueue(queue: Parameters<typeof openQueueWorld>[1] = {}): Promise<World> {
  const world = openQueueWorld({ redis: cluster.url, postgres: database.url }, queue)
  closing.push(() => world.close())
  await Promise.all([world.redis.ready(), world.database.ready()])
  return world
}

const event = (n: number) =>
  JSON.stringify({ event_type: 'tick', event_id: `e${n}`, resource_id: String(n), created_at: '2026-11-20T10:00:00Z' })
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
const stored = async (world: World) =>
  (await world.database.query<{ n: number }>('SELECT resource_id::int AS n FROM audit_logs ORDER BY n')).map(
    ({ n }) => n,
  )
const keysOf = async (world: World) =>
  (await Promise.all(world.redis.nodes().map((node) => node.keys('*')))).flat().toSorted()

async function masterOf(key: string): Promise<RedisServer> {
  const slot = Number(await redisCli(cluster.masters[0]!.url, ['CLUSTER', 'KEYSLOT', key]))
  return cluster.masters[Math.floor(slot / (16_384 / 3))]!
}

describe('queues in a Cluster', () => {
  test('are drained, and nothing is left of the batches; critical items first', async () => {
    const world = await openQueue({ batch: { small: 50 } })
    await world.redis.client.rpush('audit:queue', ...upTo(300).map(event))
    await world.redis.client.rpush('audit:critical', event(300))
    const source = createSource(world, 'w1', 'both')
    const first = (await source.claim())!
    expect(first.items.map(String)).toEqual([event(300)])
    await first.lease.release()
    const second = (await source.claim())!
    expect(second).toMatchObject({ batchId: first.batchId, adopted: true })
    await second.lease.release()
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 301, failed: 0 })
    expect(await stored(world)).toEqual(upTo(301))
    expect(await keysOf(world)).toEqual([])
  })

  test('keep failed items each beside its own, and take them back', async () => {
    const world = await openQueue()
    await world.redis.client.rpush('audit:queue', 'broken', 'broken too')
    await world.redis.client.rpush('audit:critical', '{"n":1}')
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 0, failed: 3 })
    expect(await keysOf(world)).toEqual(['{audit:critical}:failed', '{audit:queue}:failed'])

    const letters = createDeadLetters({ ...world, recordAct: async () => 1 })
    const { items, depth } = await letters.list(1, 10)
    expect([depth, items.map(({ text }) => text)]).toEqual([3, ['broken', 'broken too']])
    const { queues } = await createInspection(world).status()
    expect(queues.at(-1)).toMatchObject({ depth: 3, key: '{audit:critical}:failed, {audit:queue}:failed' })

    expect(await letters.discard({ failedIds: [items[0]!.failedId] }, 'no use')).toEqual({ discarded: 1 })
    expect(await letters.requeue({ all: true }, 'again')).toEqual({ moved: 2 })
    expect(await world.redis.client.lrange('audit:queue', 0, -1)).toEqual(['broken too'])
    expect(JSON.parse((await world.redis.client.lrange('audit:critical', 0, -1))[0]!)).toMatchObject({ n: 1 })
  })

  test('and a stream beside them: failed entries go back into the stream', async () => {
    const world = await openQueue({ stream: { key: 'audit:events' } })
    const id = (await world.redis.client.xadd('audit:events', '*', 'event', '{"n":1}')) as string
    await world.redis.client.xadd('audit:events', '*', 'event', event(0))
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 1, failed: 1 })
    const letters = createDeadLetters({ ...world, recordAct: async () => 1 })
    expect(await letters.requeue({ all: true }, 'again')).toEqual({ moved: 1 })
    const [[, fields] = []] = await world.redis.client.xrevrange('audit:events', '+', '-', 'COUNT', 1)
    expect(JSON.parse(fields![1]!)).toMatchObject({ n: 1, event_id: `audit:events@${id}` })
  })

  test('lose and double nothing when the master under them dies in the middle of a drain', async () => {
    const world = await openQueue({ leaseMs: 1_000, batch: { small: 100, medium: 100, large: 100, bulk: 100 } })
    const master = await masterOf('audit:queue')
    await world.redis.client.rpush('audit:queue', ...upTo(10_000).map(event))
    // Of the connection that wrote: for another one there is nothing to wait for.
    const node = world.redis.nodes().find(({ options }) => options.port === master.port)
    expect(await node?.wait(1, 4_000)).toBe(1)
    const drain = createDrain(world)
    drain.start()
    closing.push(() => drain.stop())
    await waitFor(() => drain.counters().storedEvents > 2_000, { what: 'the middle of the drain' })
    await master.kill()
    await waitFor(() => world.redis.state().status === 'down', { what: 'the loss to be noticed' })
    await waitFor(async () => (await stored(world)).length === 10_000, { what: 'the rest', timeoutMs: 20_000 })
    await drain.stop()
    await drain.drainUntilEmpty()
    expect(await stored(world)).toEqual(upTo(10_000))
    expect(await keysOf(world)).toEqual([])
  }, 40_000)
})

describe('sessions in a Cluster', () => {
  async function openMirror() {
    const world = await openMirrorWorld({ redisUrl: cluster.url, postgresUrl: database.url })
    closing.push(async () => {
      await world.mirror.stop()
      await Promise.all([world.redis.close(), world.database.close()])
    })
    return world
  }
  const session = (n: number) => JSON.stringify({ session_id: `s${n}`, user_id: `u${n}` })
  type Mirrored = Awaited<ReturnType<typeof openMirror>>
  const give = ({ redis }: Mirrored, count: number) =>
    Promise.all(upTo(count).map((n) => redis.client.set(`session:s${n}`, session(n), 'EX', 3600)))

  test('are mirrored from all masters, and end when they are gone', async () => {
    const world = await openMirror()
    await give(world, 300)
    await world.redis.client.hset('session:hash', { user_id: 'ada' })
    expect(await world.mirror.reconcile()).toMatchObject({ scanned: 301, created: 301, problems: 0 })
    await Promise.all(upTo(10).map((n) => world.redis.client.del(`session:s${n}`)))
    await world.redis.client.set('session:s10', JSON.stringify({ session_id: 's10', user_id: 'other' }), 'EX', 3600)
    expect(await world.mirror.reconcile()).toMatchObject({ scanned: 291, changed: 1, created: 0 })
    expect(await world.mirror.reconcile({ settle: true })).toMatchObject({ changed: 0, created: 0 })
    const ended = await world.database.query('SELECT 1 FROM redis_sync_sessions WHERE ended_at IS NOT NULL')
    expect(ended).toHaveLength(10)
  })

  test('whose slots were taken over in the middle of a scan are ended by none', async () => {
    const world = await openMirror()
    await give(world, 300)
    await world.mirror.reconcile()
    const [first, other] = world.redis.nodes() as [Redis, Redis]
    const scan = first.scan.bind(first)
    // As with any change of who serves what, the epoch grows: of that server which does not have the greatest.
    first.scan = (async (...args: Parameters<typeof scan>) => {
      for (const node of [first, other]) await node.call('CLUSTER', 'BUMPEPOCH')
      return scan(...args)
    }) as typeof first.scan
    await Promise.all(upTo(10).map((n) => world.redis.client.del(`session:s${n}`)))
    await expect(world.mirror.reconcile({ settle: true })).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
    const ended = await world.database.query('SELECT 1 FROM redis_sync_sessions WHERE ended_at IS NOT NULL')
    expect(ended).toEqual([])
  })

  test('are revoked under a tombstone that lies in another slot', async () => {
    const world = await openMirror()
    await give(world, 20)
    for (const n of upTo(20)) {
      const key = `session:s${n}` as RedisKey
      const config = { ...world.config.redis, ...world.config.revocation }
      expect(await endSession(world.redis.client, config, { key, forceLogout: null })).toEqual({
        outcome: 'verified',
        detail: null,
      })
      expect(await world.redis.client.exists(key)).toBe(0)
    }
    expect(await world.redis.client.zcard('audit:revoked')).toBe(20)
  })
})
