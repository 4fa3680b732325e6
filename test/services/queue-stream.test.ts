import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDeadLetters } from '../../src/main/engine/queue/dead-letters.ts'
import { decodeBatch } from '../../src/main/engine/queue/decode/batch.ts'
import { createDrain } from '../../src/main/engine/queue/drain.ts'
import { createInspection } from '../../src/main/engine/queue/inspect.ts'
import { createSource } from '../../src/main/engine/queue/sources.ts'
import { storeBatch } from '../../src/main/engine/queue/store-batch.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openQueueWorld } from './queue-world.ts'

type World = ReturnType<typeof openQueueWorld>

const key = 'audit:events'
let server: RedisServer
let database: TestDatabase
let worlds: World[]

beforeEach(async () => {
  ;[server, database] = await Promise.all([startRedis(), createTestDatabase()])
  worlds = []
})
afterEach(async () => {
  await Promise.all(worlds.map((world) => world.close()))
  await server.stop()
})

async function open(queue: Parameters<typeof openQueueWorld>[1] = {}, engineId = 'engine-1'): Promise<World> {
  const urls = { redis: server.url, postgres: database.url }
  const world = openQueueWorld(urls, { workers: 2, stream: { key }, ...queue }, engineId)
  worlds.push(world)
  await Promise.all([world.redis.ready(), world.database.ready()])
  return world
}

const add = (world: World, ...fields: string[]) => world.redis.client.xadd(key, '*', ...fields) as Promise<string>
const addEvents = async (world: World, from: number, to: number) => {
  const ids: string[] = []
  for (let n = from; n < to; n++) {
    ids.push(await add(world, 'event', JSON.stringify({ event_type: 'tick', resource_id: String(n) })))
  }
  return ids
}
const pending = async (world: World) => ((await world.redis.client.xpending(key, 'gatehouse')) as [number])[0]
const letters = async (world: World) => (await world.redis.client.lrange('audit:failed', 0, -1)).map(parse)
const parse = (text: string) => JSON.parse(text) as Record<string, unknown>

interface Row {
  event_id: string
  action: string
  resource_id: string
  source: string
  created_at: Date
}
const rows = (world: World) =>
  world.database.query<Row>(
    'SELECT event_id, action, resource_id, source, created_at FROM audit_logs ORDER BY created_at, event_id',
  )
const numbersOf = async (world: World) =>
  (await rows(world)).map((row) => Number(row.resource_id)).toSorted((a, b) => a - b)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

const source = (world: World, owner: string) => createSource(world, owner, 'both')

async function store(world: World, batch: NonNullable<Awaited<ReturnType<ReturnType<typeof source>['claim']>>>) {
  const decoded = decodeBatch(batch, world.sessionIds, world.problems)
  return storeBatch(world.database, world.engineId, batch.batchId, decoded)
}

/** Until Redis has not heard of the consumer's entries for longer than the lease. */
const lapsed = (world: World, leaseMs: number) =>
  waitFor(async () => (await world.redis.client.xpending(key, 'gatehouse', 'IDLE', leaseMs, '-', '+', 1)).length > 0, {
    what: 'the lease to run out',
  })

describe('a stream', () => {
  test('is drained from its beginning: each entry an event, known and dated by its entry', async () => {
    const world = await open()
    const [json] = await addEvents(world, 0, 1)
    const flat = await add(world, 'event_type', 'tick', 'resource_id', '1', 'user_id', 'ada')
    await add(
      world,
      'event',
      '{"event_type":"tick","resource_id":"2","event_id":"e2","created_at":"2026-11-20T10:00:00Z"}',
    )
    const result = await createDrain(world).drainUntilEmpty()
    expect(result).toMatchObject({ stored: 3, duplicates: 0, failed: 0, heldElsewhere: 0 })
    const stored = await rows(world)
    expect(stored.map((row) => [row.event_id, row.action, row.source])).toEqual([
      ['e2', 'tick', 'stream'],
      [`${key}@${json}`, 'tick', 'stream'],
      [`${key}@${flat}`, 'tick', 'stream'],
    ])
    expect(stored[1]!.created_at.getTime()).toBe(Number.parseInt(json!, 10))
    expect(await pending(world)).toBe(0)
  })

  test('and both lists are drained side by side, by several engines, each event once', async () => {
    const [first, second] = [await open({ batch: { small: 10 } }, 'one'), await open({ batch: { small: 10 } }, 'two')]
    await addEvents(first, 0, 600)
    const items = upTo(600).map((n) => JSON.stringify({ event_type: 'tick', resource_id: String(600 + n) }))
    await first.redis.client.rpush('audit:queue', ...items)
    const results = await Promise.all([first, second].map((world) => createDrain(world).drainUntilEmpty()))
    expect(results[0]!.stored + results[1]!.stored).toBe(1_200)
    expect(await numbersOf(first)).toEqual(upTo(1_200))
    expect(await pending(first)).toBe(0)
  })

  test('that gets nothing but entries does not keep the lists waiting', async () => {
    const world = await open({ workers: 1, batch: { small: 2 } })
    await addEvents(world, 0, 8)
    await world.redis.client.rpush('audit:queue', ...upTo(8).map(String))
    const { claim } = source(world, 'w1')
    const kinds: string[] = []
    for (let n = 0; n < 6; n++) kinds.push((await claim())!.batchId.split('-')[1]!)
    expect(kinds).toEqual(['queue', 'stream', 'queue', 'stream', 'queue', 'stream'])
  })

  test('is read in batches that grow with what waits', async () => {
    const world = await open({ batch: { small: 3, medium: 5, large: 9, mediumFrom: 20, largeFrom: 40 } })
    await addEvents(world, 0, 60)
    const { claim } = source(world, 'w1')
    const sizes: (number | undefined)[] = []
    for (let n = 0; n < 8; n++) sizes.push((await claim())?.items.length)
    expect(sizes).toEqual([9, 9, 9, 9, 9, 9, 6, undefined])
  })

  test('is read in batches that are no larger than large ones while critical events come', async () => {
    const world = await open({
      batch: { small: 3, medium: 5, large: 9, bulk: 15, mediumFrom: 20, largeFrom: 40, bulkFrom: 50 },
    })
    await addEvents(world, 0, 100)
    let isModest = false
    const { claim } = createSource(world, 'w1', 'queue', { isModest: () => isModest })
    const sizes: (number | undefined)[] = []
    for (isModest of [false, true, true, false]) sizes.push((await claim())?.items.length)
    expect(sizes).toEqual([15, 9, 9, 15])
  })

  test('of large entries is read in small pages', async () => {
    const world = await open({ batch: { small: 100 } })
    for (let n = 0; n < 20; n++) await add(world, 'event', 'x'.repeat(300_000))
    const { claim } = source(world, 'w1')
    const sizes: number[] = []
    for (let batch = await claim(); batch !== null; batch = await claim()) sizes.push(batch.items.length)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(20)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16)
  })

  test('whose key is something else is reported, and the lists go on', async () => {
    const world = await open()
    await world.redis.client.set(key, 'a string')
    await world.redis.client.rpush('audit:queue', '{"event_type":"tick","resource_id":"0"}')
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 1 })
    expect(world.problems.list()).toMatchObject([{ area: 'queue', examples: [key] }])
  })

  test('is drained on a Redis that is full', async () => {
    const world = await open()
    await addEvents(world, 0, 3)
    await add(world, 'event', 'broken')
    await source(world, 'other')
      .claim()
      .then((batch) => batch!.lease.release())
    await redisCli(server.url, ['CONFIG', 'SET', 'maxmemory', '1'])
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 3, failed: 1 })
    await redisCli(server.url, ['CONFIG', 'SET', 'maxmemory', '0'])
    expect(await pending(world)).toBe(0)
  })
})

describe('entries of a consumer that died', () => {
  test('before COMMIT are adopted and stored', async () => {
    const world = await open({ leaseMs: 1_000 })
    await addEvents(world, 0, 5)
    await source(world, 'dead').claim()
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 5, duplicates: 0 })
    expect(await numbersOf(world)).toEqual(upTo(5))
    expect(await pending(world)).toBe(0)
  })

  test('between COMMIT and acknowledgement are stored no second time, in whichever batch they come again', async () => {
    const world = await open({ leaseMs: 1_000, batch: { small: 4 } })
    await addEvents(world, 0, 8)
    const dead = source(world, 'dead')
    const batches = [(await dead.claim())!, (await dead.claim())!]
    for (const batch of batches) {
      await store(world, batch)
      await batch.lease.release()
    }
    const drain = createDrain(world)
    expect(await drain.drainUntilEmpty()).toMatchObject({ stored: 0, duplicates: 8 })
    expect(drain.counters().adoptedBatches).toBeGreaterThan(0)
    expect(await numbersOf(world)).toEqual(upTo(8))
    expect(await pending(world)).toBe(0)
  })

  test('that come again as the same batch are known by its id', async () => {
    const world = await open({ leaseMs: 1_000 })
    await addEvents(world, 0, 3)
    const batch = (await source(world, 'dead').claim())!
    await store(world, batch)
    await lapsed(world, 1_000)
    const again = (await source(world, 'other').claim())!
    expect(again).toMatchObject({ batchId: batch.batchId, adopted: true })
    expect(await store(world, again)).toMatchObject({ stored: [], duplicates: 0 })
  })

  test('leave their failed items once, whoever comes late', async () => {
    const world = await open()
    await add(world, 'event', 'broken')
    const late = (await source(world, 'late').claim())!
    expect(await late.lease.release()).toBe(true)
    const adopter = (await source(world, 'adopter').claim())!
    expect(adopter.adopted).toBe(true)
    expect(await late.lease.renew()).toBe(false)
    expect(await late.lease.acknowledge([{ index: 0, entry: 'from the late one' }])).toBe(false)
    expect(await adopter.lease.acknowledge([{ index: 0, entry: 'letter' }])).toBe(true)
    expect(await adopter.lease.acknowledge([{ index: 0, entry: 'again' }])).toBe(false)
    expect(await world.redis.client.lrange('audit:failed', 0, -1)).toEqual(['letter'])
  })

  test('stay with one that renews, of 1,200 entries too', async () => {
    const world = await open({ leaseMs: 1_000, batch: { small: 1_200, medium: 1_200 } })
    await addEvents(world, 0, 1_200)
    const batch = (await source(world, 'slow').claim())!
    expect(batch.items).toHaveLength(1_200)
    await lapsed(world, 1_000)
    expect(await batch.lease.renew()).toBe(true)
    expect(await source(world, 'other').claim()).toBeNull()
    expect(await batch.lease.acknowledge([])).toBe(true)
    expect(await pending(world)).toBe(0)
  })
})

describe('what cannot be stored', () => {
  test('goes to the dead letters with its reason, and back under the identity of its entry', async () => {
    const world = await open()
    const id = await add(world, 'event', '{"resource_id":"7"}')
    await addEvents(world, 0, 2)
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 2, failed: 1 })
    expect(await letters(world)).toMatchObject([{ failed_id: `${key}@${id}`, raw: '{"resource_id":"7"}' }])
    expect(await pending(world)).toBe(0)

    const deadLetters = createDeadLetters({ ...world, recordAct: async () => 1 })
    expect(await deadLetters.requeue({ all: true }, 'try again')).toEqual({ moved: 1 })
    const [item] = await world.redis.client.lrange('audit:queue', 0, -1)
    expect(parse(item!)).toEqual({
      resource_id: '7',
      event_id: `${key}@${id}`,
      created_at: new Date(Number.parseInt(id, 10)).toISOString(),
    })
  })

  test('because it left the stream before it was read is counted once, as far as that went', async () => {
    const world = await open({ workers: 1, batch: { small: 10 } })
    await addEvents(world, 0, 30)
    const { claim } = source(world, 'w1')
    await (await claim())!.lease.acknowledge([])
    await redisCli(server.url, ['XTRIM', key, 'MAXLEN', '5'])
    const drain = createDrain(world)
    expect(await drain.drainUntilEmpty()).toMatchObject({ stored: 5 })
    expect(drain.counters().lostEntries).toBe(15)
    await addEvents(world, 30, 32)
    await drain.drainUntilEmpty()
    expect(drain.counters().lostEntries).toBe(15)
    await addEvents(world, 32, 36)
    await redisCli(server.url, ['XTRIM', key, 'MAXLEN', '0'])
    await drain.drainUntilEmpty()
    expect(drain.counters().lostEntries).toBe(19)
    expect(world.problems.list()).toMatchObject([
      { area: 'queue', count: 2, examples: ['15 of audit:events', '4 of audit:events'] },
    ])
  })

  test('because it left the stream under a consumer that died is counted', async () => {
    const world = await open({ leaseMs: 1_000 })
    await addEvents(world, 0, 10)
    await source(world, 'dead').claim()
    await redisCli(server.url, ['XTRIM', key, 'MAXLEN', '4'])
    const drain = createDrain(world)
    expect(await drain.drainUntilEmpty()).toMatchObject({ stored: 4 })
    expect(drain.counters().lostEntries).toBe(6)
    expect(await pending(world)).toBe(0)
  })
})

describe('inspection', () => {
  test('shows what waits in the stream, and which consumer holds what', async () => {
    const world = await open({ batch: { small: 2 } })
    const ids = await addEvents(world, 0, 5)
    await source(world, 'w1').claim()
    const inspection = createInspection(world)
    const { queues, leases } = await inspection.status()
    expect(queues.map(({ name, depth }) => [name, depth])).toEqual([
      ['queue', 0],
      ['critical', 0],
      ['stream', 3],
      ['failed', 0],
    ])
    expect(queues[2]).toMatchObject({ key, oldestAgeMs: expect.any(Number) as number })
    expect(leases).toMatchObject([{ batchId: `${key}@${ids[0]}`, owner: 'gatehouse/w1', size: 2 }])
    expect(leases[0]!.remainingMs).toBeLessThanOrEqual(world.config.queue.leaseMs)
    const look = await inspection.peek('stream', 1, 10)
    expect(look.depth).toBe(3)
    expect(look.items.map(({ index, text }) => [index, parse(text)['resource_id']])).toEqual([
      [1, '3'],
      [2, '4'],
    ])
  })

  test('shows a stream that is not there yet as empty, and creates nothing', async () => {
    const world = await open()
    const { queues, leases } = await createInspection(world).status()
    expect(queues[2]).toEqual({ name: 'stream', key, depth: 0, oldestAgeMs: null })
    expect(leases).toEqual([])
    expect(await world.redis.client.keys('*')).toEqual([])
  })
})

test('consumers of former lives are forgotten once they hold nothing, those of others are not', async () => {
  const world = await open()
  const { client } = world.redis
  const consumers = async () =>
    new Set(((await client.xinfo('CONSUMERS', key, 'gatehouse')) as string[][]).map(([, name]) => name))
  await source(world, 'former').claim()
  await client.xgroup('CREATECONSUMER', key, 'gatehouse', 'gatehouse/former')
  await client.xgroup('CREATECONSUMER', key, 'gatehouse', 'theirs')
  await addEvents(world, 0, 1)
  const config = { ...world.config, queue: { ...world.config.queue, leaseMs: 10 } }
  const next = createSource({ ...world, config }, 'next', 'both')
  expect((await next.claim())!.items).toHaveLength(1)
  await waitFor(
    async () => {
      await next.claim()
      return !(await consumers()).has('gatehouse/former')
    },
    { what: 'the former consumer to be forgotten' },
  )
  expect(await consumers()).toEqual(new Set(['gatehouse/next', 'theirs']))
})
