import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeBatch } from '../../src/main/engine/queue/decode/batch.ts'
import { createDrain } from '../../src/main/engine/queue/drain.ts'
import { encodeFailed } from '../../src/main/engine/queue/failed-item.ts'
import { originsOf } from '../../src/main/engine/queue/origin.ts'
import { createSource } from '../../src/main/engine/queue/sources.ts'
import { storeBatch } from '../../src/main/engine/queue/store-batch.ts'
import { createSessionIds } from '../../src/main/engine/session-ids.ts'
import type { AuditEvent } from '../../src/shared/model/event.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { key, openQueueWorld } from './queue-world.ts'

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

async function open(queue: Parameters<typeof openQueueWorld>[1] = {}, engineId?: string): Promise<World> {
  const world = openQueueWorld({ redis: server.url, postgres: store.url }, queue, engineId)
  worlds.push(world)
  await Promise.all([world.redis.ready(), world.database.ready()])
  return world
}

const push = (world: World, ...items: (string | Buffer | object)[]) =>
  world.redis.client.rpush(
    'audit:queue',
    ...items.map((item) => (typeof item === 'string' || Buffer.isBuffer(item) ? item : JSON.stringify(item))),
  )
const event = (n: number) => ({ event_type: 'made_up', event_id: `e${n}`, created_at: '2026-11-20T10:00:00Z' })
const storedIds = async (world: World) =>
  (await world.database.query<{ event_id: string }>('SELECT event_id FROM audit_events ORDER BY event_id')).map(
    (row) => row.event_id,
  )
const failedLetters = async (world: World) =>
  (await world.redis.client.lrange('audit:failed', 0, -1)).map((text) => JSON.parse(text) as Record<string, string>)

describe('items pushed by redis-cli', () => {
  test('in each dialect are stored in their tables', async () => {
    const world = await open()
    const lines = [
      `RPUSH audit:queue '{"event_type":"login","event_id":"l1","user_id":"alice","session_id":"live-1","ip_address":"203.0.113.9","user_agent":"Firefox","country":"DE","auth_method":"sso","created_at":"2026-11-20T10:00:00Z","expires_at":"2026-11-20T18:00:00Z","metadata":{"device":"laptop"}}'`,
      `RPUSH audit:queue '{"event_type":"api_key_created","event_id":"r1","event_category":"warning","user_id":"alice","resource_type":"api_key","resource_id":"k1","description":"made a key","metadata":{"scope":"read"},"ip_address":"10.0.0.1","user_agent":"curl"}'`,
      `RPUSH audit:queue '{"action":"document.delete","event_id":"a1","user_id":"bob","user_email":"bob@example.org","resource_type":"document","resource_id":"d9","ip_address":"10.0.0.2","user_agent":"Safari","details":{"why":"old"},"status":"failure","error_message":"locked","duration_ms":12.5,"created_at":"2026-11-20T10:00:01Z"}'`,
      `RPUSH audit:queue '{"timestamp":"2026-11-20T10:00:02Z","user_id":"carol"}'`,
      `RPUSH audit:critical '{"event_type":"permanent_ban_applied","event_id":"c1","user_id":"mallory"}'`,
    ]
    await redisCli(server.url, [], `${lines.join('\n')}\n`)
    const result = await createDrain(world).drainUntilEmpty()
    expect(result).toEqual({ stored: 5, duplicates: 0, failed: 0, heldElsewhere: 0 })

    expect(await world.database.query('SELECT * FROM audit_sessions ORDER BY created_at')).toMatchObject([
      {
        event_id: 'l1',
        event_type: 'login',
        user_id: 'alice',
        session_id: world.sessionIds.of('live-1'),
        ip_address: '203.0.113.9',
        user_agent: 'Firefox',
        country: 'DE',
        auth_method: 'sso',
        created_at: new Date('2026-11-20T10:00:00Z'),
        expires_at: new Date('2026-11-20T18:00:00Z'),
        source: 'queue',
        metadata: { device: 'laptop' },
      },
      {
        event_id: expect.stringMatching(/^\d{13}-queue-[0-9a-f]{16}:0003$/),
        event_type: 'session_check',
        user_id: 'carol',
        created_at: new Date('2026-11-20T10:00:02Z'),
      },
    ])
    expect(await world.database.query('SELECT * FROM audit_logs ORDER BY event_id')).toMatchObject([
      {
        event_id: 'a1',
        action: 'document.delete',
        user_id: 'bob',
        user_email: 'bob@example.org',
        resource_type: 'document',
        resource_id: 'd9',
        details: { why: 'old' },
        status: 'failure',
        error_message: 'locked',
        duration_ms: 12.5,
        created_at: new Date('2026-11-20T10:00:01Z'),
      },
      { event_id: 'c1', action: 'permanent_ban_applied', category: 'critical', source: 'critical' },
      {
        event_id: 'r1',
        action: 'api_key_created',
        category: 'warning',
        description: 'made a key',
        ip_address: '10.0.0.1',
      },
    ])
    expect(await world.redis.client.keys('*')).toEqual([])
  })

  test('that are bad are counted and kept with a reason, and stop nothing', async () => {
    const world = await open()
    await redisCli(server.url, ['RPUSH', 'audit:queue', JSON.stringify(event(1)), '', '{"broken', '[1]', '{"a":1}'])
    await redisCli(server.url, ['-x', 'RPUSH', 'audit:queue'], Buffer.from([0x81, 0xa1, 0xff]))
    await redisCli(server.url, ['RPUSH', 'audit:queue', JSON.stringify({ ...event(2), created_at: '1970-01-01' })])
    await redisCli(server.url, ['RPUSH', 'audit:queue', JSON.stringify({ ...event(3), created_at: '2099-01-01' })])
    const odd = { ...event(4), ip_address: 'none', description: 'a\0b' }
    await redisCli(server.url, ['RPUSH', 'audit:queue', JSON.stringify(odd)])
    const huge = { ...event(5), user_agent: 'x'.repeat(1_000_000) }
    await redisCli(server.url, ['-x', 'RPUSH', 'audit:queue'], JSON.stringify(huge))

    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 5, failed: 5 })
    expect(await storedIds(world)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5'])
    expect((await failedLetters(world)).map(({ reason, raw }) => [reason, raw])).toEqual([
      ['empty: expected one JSON object', ''],
      ['broken JSON at position 8: expected one JSON object', '{"broken'],
      ['a list: expected one JSON object', '[1]'],
      ['no known dialect: expected event_type, or action, or timestamp and user_id', '{"a":1}'],
      ['not UTF-8: expected one JSON object as UTF-8 text', Buffer.from([0x81, 0xa1, 0xff]).toString('base64')],
    ])
    const reasons = world.problems.list().map(({ reason }) => reason)
    expect(reasons).toHaveLength(8)
    expect(reasons).toEqual(
      expect.arrayContaining([
        'stored with a change: not an address, kept in metadata',
        'stored with a change: NUL made visible',
        'stored with a change: cut from N characters',
        'not stored: empty: expected one JSON object',
      ]),
    )
  })
})

test('an event that is stored already is a duplicate, whichever batch it comes in', async () => {
  const world = await open({ batch: { small: 2 } })
  await push(world, event(1), event(1), event(2), event(1), event(3))
  expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 3, duplicates: 2, failed: 0 })
  expect(await storedIds(world)).toEqual(['e1', 'e2', 'e3'])
})

describe('what PostgreSQL refuses', () => {
  /** No two of its characters compress: an index row of two such texts is longer than PostgreSQL can hold. */
  const incompressible = (seed: number) =>
    Array.from({ length: 512 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919 + seed * 104_729) % 20_000))).join(
      '',
    )

  test.each([1, 7, 400])('stands alone in the end: %d poison items among 1,000', async (poisonous) => {
    const world = await open({ batch: { small: 1_000, medium: 1_000 } })
    const items = Array.from({ length: 1_000 }, (_, n) =>
      n % Math.floor(1_000 / poisonous) === 0 && n < poisonous * Math.floor(1_000 / poisonous)
        ? { action: incompressible(n), user_id: incompressible(n + 1), event_id: `poison-${n}` }
        : event(n),
    )
    await push(world, ...items)
    const result = await createDrain(world).drainUntilEmpty()
    expect(result).toEqual({ stored: 1_000 - poisonous, duplicates: 0, failed: poisonous, heldElsewhere: 0 })
    expect(await storedIds(world)).toHaveLength(1_000 - poisonous)
    const letters = await failedLetters(world)
    expect(letters).toHaveLength(poisonous)
    for (const letter of letters) {
      expect(letter['raw']).toContain('"poison-')
      expect(letter['reason']).toMatch(/^PostgreSQL refuses it: index row size .* \(SQLSTATE 54000\)$/)
    }
    const inbox = await world.database.query(
      'SELECT sum(stored)::int AS stored, sum(jsonb_array_length(failed))::int AS failed FROM ingest_batch',
    )
    expect(inbox).toEqual([{ stored: 1_000 - poisonous, failed: poisonous }])
  })

  test('for a reason that is not in the data is kept and tried again', async () => {
    const world = await open()
    await world.database.query('ALTER TABLE audit_logs RENAME TO elsewhere')
    await push(world, event(1), event(2))
    const drain = createDrain(world)
    drain.start()
    await waitFor(() => drain.counters().retriedBatches > 0, { what: 'a retry' })
    expect(await world.redis.client.exists('audit:failed')).toBe(0)
    expect(world.problems.list()[0]).toMatchObject({ reason: 'a batch could not be stored and is tried again' })
    await world.database.query('ALTER TABLE elsewhere RENAME TO audit_logs')
    await waitFor(() => drain.counters().storedEvents === 2, { what: 'both events to be stored' })
    await drain.stop()
    expect(await world.redis.client.keys('*')).toEqual([])
  })
})

/** What a worker does, step by step, so that a test can leave it between two of them. */
function stepper(world: World, owner: string) {
  const { database, problems, sessionIds, engineId } = world
  const source = createSource(world, owner, 'both')
  return {
    claimAndStore: async () => {
      const batch = (await source.claim())!
      const result = await storeBatch(database, engineId, batch.batchId, decodeBatch(batch, sessionIds, problems))
      const originOf = originsOf(batch)
      const letters = result.failed.map(({ index, reason }) => ({
        index,
        entry: encodeFailed(batch.batchId, originOf(index), batch.items[index]!, reason, new Date()),
      }))
      return { batch, result, letters }
    },
  }
}

describe('a batch whose worker died', () => {
  test('between COMMIT and acknowledgement is adopted, stored no second time, its failed items kept once', async () => {
    const world = await open({ leaseMs: 1_000 })
    await push(world, event(1), 'broken', event(2))
    const dead = stepper(world, 'dead')
    const { batch, letters } = await dead.claimAndStore()
    expect(letters).toHaveLength(1)

    const events: AuditEvent[] = []
    world.signals.on('stored', (stored) => events.push(...stored))
    const drain = createDrain(world)
    const result = await drain.drainUntilEmpty()
    expect(result).toEqual({ stored: 0, duplicates: 0, failed: 1, heldElsewhere: 0 })
    expect(drain.counters().adoptedBatches).toBe(1)
    expect(events).toEqual([])
    expect(await storedIds(world)).toEqual(['e1', 'e2'])
    // The former owner wakes up, and is too late.
    expect(await batch.lease.acknowledge(letters)).toBe(false)
    expect(await failedLetters(world)).toMatchObject([{ failed_id: `${batch.batchId}:0001`, raw: 'broken' }])
    expect(await world.redis.client.keys('*')).toEqual(['audit:failed'])
  })

  test('before COMMIT is adopted and stored', async () => {
    const world = await open({ leaseMs: 1_000 })
    await push(world, event(1), { event_type: 'login' })
    const batch = await createSource(world, 'dead', 'both').claim()
    expect(await createDrain(world).drainUntilEmpty()).toMatchObject({ stored: 2 })
    expect(await storedIds(world)).toEqual([`${batch!.batchId}:0001`, 'e1'])
  })

  test('is stored once when it was adopted while its worker still wrote', async () => {
    const world = await open()
    await push(world, ...Array.from({ length: 100 }, (_, n) => event(n)))
    const batch = (await createSource(world, 'slow', 'both').claim())!
    await batch.lease.release()
    const decoded = decodeBatch(batch, world.sessionIds, world.problems)
    const storeAs = (engineId: string) => storeBatch(world.database, engineId, batch.batchId, decoded)
    const [first, second] = await Promise.all([storeAs('slow'), storeAs('adopter')])
    expect(first.stored.length + second.stored.length).toBe(100)
    expect(first.duplicates + second.duplicates).toBe(0)
    expect(await storedIds(world)).toHaveLength(100)
  })
})

describe('several engines', () => {
  test('on one queue store each event once', async () => {
    const [first, second] = [await open({ batch: { small: 10 } }, 'one'), await open({ batch: { small: 10 } }, 'two')]
    await push(first, ...Array.from({ length: 900 }, (_, n) => event(n)))
    const results = await Promise.all([first, second].map((world) => createDrain(world).drainUntilEmpty()))
    expect(results[0]!.stored + results[1]!.stored).toBe(900)
    expect(await storedIds(first)).toHaveLength(900)
    expect(await first.redis.client.keys('*')).toEqual([])
  })

  test('leave a batch that another keeps renewing to that one', async () => {
    const world = await open({ leaseMs: 1_000 })
    await push(world, event(1))
    const batch = (await createSource(world, 'other', 'both').claim())!
    const renewing = setInterval(() => void batch.lease.renew(), 200)
    const result = await createDrain(world).drainUntilEmpty()
    clearInterval(renewing)
    expect(result).toEqual({ stored: 0, duplicates: 0, failed: 0, heldElsewhere: 1 })
  })
})

describe('a drain that runs', () => {
  test('stores what comes, each queue in its order, and tells what it stored', async () => {
    const world = await open({ workers: 1, batch: { small: 1 } })
    const types: string[] = []
    world.signals.on('stored', (stored) => types.push(...stored.map(({ type }) => type)))
    await push(world, { event_type: 'first' }, { event_type: 'second' })
    await world.redis.client.rpush('audit:critical', '{"event_type":"urgent"}')
    const drain = createDrain(world)
    drain.start()
    drain.start()
    await waitFor(() => types.length === 3, { what: 'three events' })
    await push(world, { event_type: 'third' })
    await waitFor(() => types.length === 4, { what: 'a fourth event' })
    await drain.stop()
    expect(types.filter((type) => type !== 'urgent')).toEqual(['first', 'second', 'third'])
    expect(types).toContain('urgent')
    await push(world, { event_type: 'after' })
    await sleep(100)
    expect(await world.redis.client.llen('audit:queue')).toBe(1)
    expect(drain.counters()).toMatchObject({
      storedEvents: 4,
      failedItems: 0,
      retriedBatches: 0,
      lateAcknowledgements: 0,
    })
  })

  test('keeps its lease for as long as PostgreSQL takes', async () => {
    const world = await open({ leaseMs: 1_000, workers: 2 })
    await push(world, event(1))
    const drain = createDrain(world)
    await world.database.transaction(async (tx) => {
      await tx.query('LOCK TABLE audit_logs')
      drain.start()
      await waitFor(() => world.redis.client.exists('audit:leases'), { what: 'the claim' })
      await sleep(2_500)
    })
    await waitFor(async () => (await world.redis.client.exists('audit:leases')) === 0, { what: 'the acknowledgement' })
    await drain.stop()
    expect(drain.counters()).toMatchObject({ storedEvents: 1, adoptedBatches: 0, lateAcknowledgements: 0 })
  })

  test('gives its leases back when it is stopped, so that the next need not wait', async () => {
    const world = await open()
    await world.database.query('ALTER TABLE audit_logs RENAME TO elsewhere')
    await push(world, event(1))
    const drain = createDrain(world)
    drain.start()
    await waitFor(() => drain.counters().retriedBatches > 0, { what: 'a retry' })
    await drain.stop()
    await world.database.query('ALTER TABLE elsewhere RENAME TO audit_logs')
    const next = createDrain(world)
    next.start()
    await waitFor(() => next.counters().storedEvents === 1, { what: 'the next to adopt the batch' })
    await next.stop()
    expect(next.counters().adoptedBatches).toBe(1)
  })

  test('abandons after a while what PostgreSQL does not finish, and it is still stored once', async () => {
    const world = await open({ workers: 1 })
    await push(world, event(1), event(2))
    const drain = createDrain(world)
    await world.database.transaction(async (tx) => {
      await tx.query('LOCK TABLE audit_logs')
      drain.start()
      await waitFor(() => world.redis.client.exists('audit:leases'), { what: 'the claim' })
      await drain.stop()
    })
    const next = createDrain(world)
    expect((await next.drainUntilEmpty()).failed).toBe(0)
    expect(next.counters().adoptedBatches).toBe(1)
    await waitFor(async () => (await storedIds(world)).length === 2, { what: 'both events' })
    expect(await world.redis.client.keys('*')).toEqual([])
  })

  test('waits for the key of the session ids rather than failing the items that need it', async () => {
    const world = await open()
    let known: Buffer | null = null
    world.sessionIds = createSessionIds('hmac', () => known)
    await push(world, { event_type: 'login', session_id: 'live-1' }, event(1))
    const drain = createDrain(world)
    drain.start()
    await waitFor(() => drain.counters().retriedBatches > 0, { what: 'a retry' })
    known = key
    await waitFor(() => drain.counters().storedEvents === 2, { what: 'both events' })
    await drain.stop()
    expect(drain.counters().failedItems).toBe(0)
  })

  test('survives connections to PostgreSQL that are cut, whatever they were at', async () => {
    const world = await open({ batch: { small: 50 } })
    await push(world, ...Array.from({ length: 3_000 }, (_, n) => event(n)))
    const drain = createDrain(world)
    const cutter = new Client({ connectionString: store.url })
    await cutter.connect()
    drain.start()
    for (let cuts = 0; cuts < 5; cuts++) {
      const before = drain.counters().storedEvents
      await waitFor(() => drain.counters().storedEvents > before, { what: 'progress', intervalMs: 1 })
      await cutter.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
    }
    await cutter.end()
    await waitFor(async () => (await world.redis.client.keys('*')).length === 0, { what: 'the end', timeoutMs: 20_000 })
    await drain.stop()
    // The drain may be done before its connection's keeper is back.
    await world.database.ready()
    expect(new Set(await storedIds(world)).size).toBe(3_000)
    expect(await storedIds(world)).toHaveLength(3_000)
  })

  test('survives a Redis that goes away and comes back', async () => {
    const args = ['--appendonly', 'yes', '--appendfsync', 'always']
    await server.stop()
    server = await startRedis({ args })
    const world = await open()
    const drain = createDrain(world)
    drain.start()
    await push(world, event(1))
    await waitFor(() => drain.counters().storedEvents === 1, { what: 'the first event' })
    await server.kill()
    server = await startRedis({ args, port: server.port, dir: server.dir })
    await redisCli(server.url, ['RPUSH', 'audit:queue', JSON.stringify(event(2))])
    await waitFor(() => drain.counters().storedEvents === 2, { what: 'the second event', timeoutMs: 20_000 })
    await drain.stop()
  })
})
