import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCriticalBell } from '../../src/main/engine/queue/critical-bell.ts'
import { createDrain } from '../../src/main/engine/queue/drain.ts'
import { createSource } from '../../src/main/engine/queue/sources.ts'
import { createTestDatabase, startPostgres, type TestDatabase } from '../helpers/postgres.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openQueueWorld } from './queue-world.ts'

type World = ReturnType<typeof openQueueWorld>

let server: RedisServer
let store: TestDatabase
let worlds: World[]

beforeEach(async () => {
  ;[server, store] = await Promise.all([startRedis(), createTestDatabase()])
  worlds = []
})
afterEach(async () => {
  await Promise.all(worlds.map((world) => world.close()))
  await Promise.all([server.stop(), store.drop()])
})

async function open(queue: Parameters<typeof openQueueWorld>[1], postgres = store.url): Promise<World> {
  const world = openQueueWorld({ redis: server.url, postgres }, queue)
  worlds.push(world)
  await Promise.all([world.redis.ready(), world.database.ready()])
  return world
}

const push = (world: World, ...items: object[]) =>
  world.redis.client.rpush('audit:queue', ...items.map((item) => JSON.stringify(item)))
const event = (n: number) => ({ event_type: 'made_up', event_id: `e${n}`, created_at: '2026-11-20T10:00:00Z' })
const storedCount = async (world: World) =>
  (await world.database.query<{ count: number }>('SELECT count(*)::int AS count FROM audit_events'))[0]?.count

describe('the workers of a drain', () => {
  test('store a critical item at once, whatever its workers wait for', async () => {
    const world = await open({ workers: 2, batch: { small: 10 } })
    await push(world, ...Array.from({ length: 100 }, () => ({ event_type: 'session_check' })))
    const types: string[] = []
    world.signals.on('stored', (stored) => types.push(...stored.map(({ type }) => type)))
    const drain = createDrain(world)
    await world.database.transaction(async (tx) => {
      await tx.query('LOCK TABLE audit_sessions')
      drain.start()
      await waitFor(async () => (await world.redis.client.zcard('audit:leases')) === 4, {
        what: 'each worker to store one batch and hold another',
      })
      for (const n of [1, 2]) {
        await world.redis.client.rpush('audit:critical', '{"event_type":"permanent_ban_applied"}')
        await waitFor(() => types.length === n, { what: `critical item ${n}` })
      }
    })
    await waitFor(() => types.length === 102, { what: 'the queue' })
    await drain.stop()
    expect(new Set(types.slice(0, 2))).toEqual(new Set(['permanent_ban_applied']))
  })

  test('look for critical items in intervals where Redis cannot tell of them', async () => {
    const world = await open({ workers: 1 })
    await world.redis.client.set('audit:critical', 'no list')
    const drain = createDrain(world)
    drain.start()
    await waitFor(() => world.problems.list().some(({ examples }) => examples.includes('audit:critical')), {
      what: 'the wrong key to be reported',
    })
    await world.redis.client.del('audit:critical')
    await world.redis.client.rpush('audit:critical', '{"event_type":"permanent_ban_applied"}')
    await waitFor(() => drain.counters().storedEvents === 1, { what: 'the critical item' })
    await drain.stop()
  })

  test('end though one of them asks for critical items only then', async () => {
    const world = await open({ workers: 1 })
    const bell = createCriticalBell(world)
    bell.silence()
    await bell.rung()
  })

  test('claim no bulk of the queue right after a critical item', async () => {
    const world = await open({ workers: 1, batch: { small: 10, medium: 10, large: 10, bulk: 50, bulkFrom: 1 } })
    const sizes: number[] = []
    world.signals.on('batchStored', ({ items }) => sizes.push(items))
    const drain = createDrain(world)
    drain.start()
    await world.redis.client.rpush('audit:critical', '{"event_type":"permanent_ban_applied"}')
    await waitFor(() => sizes.length === 1, { what: 'the critical item' })
    await push(world, ...Array.from({ length: 200 }, (_, n) => event(n)))
    await waitFor(() => drain.counters().storedEvents === 201, { what: 'the queue' })
    await drain.stop()
    expect(sizes[1]).toBe(10)
  })

  test('adopt a critical batch whose worker died, though nothing critical is pushed', async () => {
    const world = await open({ workers: 1, leaseMs: 1_000 })
    await world.redis.client.rpush('audit:critical', '{"event_type":"permanent_ban_applied"}')
    expect(await createSource(world, 'dead', 'critical').claim()).not.toBeNull()
    const drain = createDrain(world)
    drain.start()
    await waitFor(() => drain.counters().storedEvents === 1, { what: 'the batch' })
    await drain.stop()
    expect(drain.counters().adoptedBatches).toBe(1)
    expect(await world.redis.client.keys('*')).toEqual([])
  })

  test('hold no more than two batches a worker while PostgreSQL is away, and go on when it is back', async () => {
    const postgres = await startPostgres()
    const own = await createTestDatabase({ server: postgres.url })
    const world = await open({ workers: 2, batch: { small: 10 } }, own.url)
    const drain = createDrain(world)
    drain.start()
    await postgres.stop()
    await waitFor(() => world.database.state().status !== 'connected', { what: 'the loss to be noticed' })
    await push(world, ...Array.from({ length: 500 }, (_, n) => event(n)))
    // Whoever had claimed nothing claims nothing now; the others hold what they had.
    await sleep(500)
    expect(await world.redis.client.llen('audit:queue')).toBeGreaterThanOrEqual(460)
    await postgres.restart()
    await waitFor(() => drain.counters().storedEvents === 500, { what: 'all events', timeoutMs: 20_000 })
    await drain.stop()
    expect(drain.counters()).toMatchObject({ failedItems: 0, duplicateEvents: 0 })
    await world.close()
    await own.drop()
  })

  test('give back what they had claimed ahead when they are stopped', async () => {
    const world = await open({ workers: 1, batch: { small: 2 } })
    await push(world, ...Array.from({ length: 4 }, (_, n) => event(n)))
    const drain = createDrain(world)
    await world.database.transaction(async (tx) => {
      await tx.query('LOCK TABLE audit_logs')
      drain.start()
      await waitFor(async () => (await world.redis.client.zcard('audit:leases')) === 2, { what: 'two claims' })
      await drain.stop()
    })
    const next = createDrain(world)
    next.start()
    // Long before a lease of 30 s runs out.
    await waitFor(async () => (await storedCount(world)) === 4, { what: 'all events' })
    await next.stop()
    expect(next.counters().adoptedBatches).toBe(2)
    expect(await world.redis.client.keys('*')).toEqual([])
  })

  test('find what is repeated, all of it or some, and store the rest', async () => {
    const world = await open({ workers: 2, batch: { small: 400 } })
    const items = Array.from({ length: 4_000 }, (_, n) => event(n))
    await push(world, ...items.slice(0, 3_000))
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 3_000, duplicates: 0 })
    await push(world, ...items)
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 1_000, duplicates: 3_000, failed: 0 })
    expect(await storedCount(world)).toBe(4_000)
  })

  test('count what waited beyond the limit, each item once, and not what waited below', async () => {
    const world = await open({ workers: 2, depthLimit: 500, batch: { small: 30, medium: 1_100, mediumFrom: 2_000 } })
    await push(world, ...Array.from({ length: 2_400 }, (_, n) => event(n)))
    await world.redis.client.rpush(
      'audit:critical',
      ...Array.from({ length: 600 }, (_, n) => JSON.stringify(event(5_000 + n))),
    )
    const drain = createDrain(world)
    await drain.drainUntilEmpty()
    expect(drain.counters()).toMatchObject({ storedEvents: 3_000, overflowEvents: 1_900 })
  })
})
