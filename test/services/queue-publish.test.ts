import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPublisher } from '../../src/main/engine/queue/publish.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import type { EventId, SessionId } from '../../src/shared/model/ids.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openQueueWorld } from './queue-world.ts'

let server: RedisServer
let world: ReturnType<typeof openQueueWorld>

beforeAll(async () => {
  server = await startRedis()
  world = openQueueWorld({ redis: server.url })
  await world.redis.ready()
})
afterAll(() => world.close())
beforeEach(() => world.redis.client.flushall())

const event = (n: number, more: Partial<AuditEvent> = {}): AuditEvent => ({
  ...blankEvent({
    eventId: `e${n}` as EventId,
    createdAt: new Date('2026-11-20T10:00:00Z'),
    kind: 'log',
    type: 'made_up',
    source: 'queue',
  }),
  ...more,
})
/** Redis knows it a moment after the client does. */
async function hangUp(subscriber: Redis): Promise<void> {
  subscriber.disconnect()
  const { client } = world.redis
  const deaf = async () => (await client.pubsub('CHANNELS')).length === 0 && Number(await client.pubsub('NUMPAT')) === 0
  await waitFor(deaf, { what: 'the end of the subscription' })
}
const idOf = (json: string) => (JSON.parse(json) as { event_id: string }).event_id

test('what is stored is published in order, and the last 1,000 are kept, newest first', async () => {
  const subscriber = world.redis.dedicated('test')
  const heard: string[] = []
  subscriber.on('message', (_channel, message) => heard.push(message))
  await subscriber.subscribe('audit:logs')
  const publisher = createPublisher(world)
  const events = Array.from({ length: 1_500 }, (_, n) => event(n))
  for (let from = 0; from < 1_500; from += 500) world.signals.emit('stored', events.slice(from, from + 500))
  await publisher.close()
  await waitFor(() => heard.length === 1_500, { what: 'all messages' })
  expect(heard.map(idOf)).toEqual(events.map(({ eventId }) => eventId))
  await hangUp(subscriber)
  const recent = await world.redis.client.lrange('audit:recent', 0, -1)
  expect(recent).toEqual(heard.slice(-1_000).toReversed())
  expect(publisher.failures()).toBe(0)
})

test('each has the names of the table that holds it, without nulls, and the session by its hash', async () => {
  const publisher = createPublisher(world)
  const sessionId = 'f'.repeat(64) as SessionId
  world.signals.emit('stored', [
    event(1, { kind: 'session', type: 'login', userId: 'alice', sessionId, country: 'DE', expiresAt: new Date(0) }),
    event(2, { category: 'info', resourceType: 'key', metadata: { a: 1 }, durationMs: 1.5 }),
  ])
  await publisher.close()
  const [log, session] = (await world.redis.client.lrange('audit:recent', 0, -1)).map(
    (json) => JSON.parse(json) as object,
  )
  expect(session).toEqual({
    event_id: 'e1',
    event_type: 'login',
    user_id: 'alice',
    session_id: sessionId,
    country: 'DE',
    created_at: '2026-11-20T10:00:00.000Z',
    expires_at: '1970-01-01T00:00:00.000Z',
    source: 'queue',
    metadata: {},
  })
  expect(log).toMatchObject({
    action: 'made_up',
    category: 'info',
    resource_type: 'key',
    details: { a: 1 },
    duration_ms: 1.5,
  })
})

describe('while nobody listens', () => {
  test('nothing is published, and of many events only those are written that stay in the list', async () => {
    const publisher = createPublisher(world)
    await world.redis.client.config('RESETSTAT')
    for (let from = 0; from < 5_000; from += 500) {
      world.signals.emit(
        'stored',
        Array.from({ length: 500 }, (_, n) => event(from + n)),
      )
    }
    await publisher.close()
    expect((await world.redis.client.lrange('audit:recent', 0, -1)).map(idOf)).toEqual(
      Array.from({ length: 1_000 }, (_, n) => `e${4_999 - n}`),
    )
    const stats = await world.redis.client.info('commandstats')
    expect(stats).not.toMatch(/cmdstat_publish:/)
    // The first round has the list to write at once, and what came meanwhile is written by the last.
    expect(Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(10)
    expect(publisher.failures()).toBe(0)
  })

  test('the list follows without another event', async () => {
    const publisher = createPublisher(world)
    for (const n of [1, 2, 3]) {
      world.signals.emit('stored', [event(n)])
      await waitFor(async () => (await world.redis.client.lrange('audit:recent', 0, 0)).map(idOf)[0] === `e${n}`, {
        what: `event ${n} in the list`,
      })
    }
    await publisher.close()
  })

  test('the list follows after a pause in which there was nothing to do', async () => {
    const publisher = createPublisher(world)
    for (const n of [1, 2]) {
      world.signals.emit('stored', [event(n)])
      await waitFor(async () => (await world.redis.client.lrange('audit:recent', 0, 0)).map(idOf)[0] === `e${n}`, {
        what: `event ${n} in the list`,
      })
      await sleep(600) // Longer than the list waits for more.
    }
    await publisher.close()
  })

  test('who subscribes hears whatever is stored from then on, by name or by pattern', async () => {
    const publisher = createPublisher(world)
    world.signals.emit('stored', [event(1)])
    for (const [subscribe, n] of [
      ['subscribe', 2],
      ['psubscribe', 3],
    ] as const) {
      const subscriber = world.redis.dedicated('test')
      const heard: string[] = []
      subscriber.on('message', (_channel, message) => heard.push(message))
      subscriber.on('pmessage', (_pattern, _channel, message) => heard.push(message))
      await subscriber[subscribe](subscribe === 'subscribe' ? 'audit:logs' : 'audit:*')
      world.signals.emit('stored', [event(n)])
      await waitFor(() => heard.length > 0, { what: 'the event' })
      expect(heard.map(idOf)).toEqual([`e${n}`])
      await hangUp(subscriber)
    }
    await publisher.close()
    expect((await world.redis.client.lrange('audit:recent', 0, -1)).map(idOf)).toEqual(['e3', 'e2', 'e1'])
  })
})

describe('a failure to publish', () => {
  test('is counted, shown, and touches nobody', async () => {
    await world.redis.client.set('audit:recent', 'a string')
    const publisher = createPublisher(world)
    world.signals.emit('stored', [event(1), event(2)])
    await publisher.close()
    expect(publisher.failures()).toBe(2)
    expect(world.problems.list()[0]).toMatchObject({
      area: 'redis',
      reason: 'stored events were not published',
      examples: [expect.stringMatching(/^e1: .*WRONGTYPE/)],
    })
  })

  test('for want of room leaves out the oldest, and counts them', async () => {
    const subscriber = world.redis.dedicated('test')
    await subscriber.subscribe('audit:logs')
    const publisher = createPublisher(world)
    world.signals.emit(
      'stored',
      Array.from({ length: 20_500 }, (_, n) => event(n)),
    )
    await publisher.close()
    await hangUp(subscriber)
    expect(publisher.failures()).toBe(500)
    expect((await world.redis.client.lrange('audit:recent', 0, 0)).map(idOf)).toEqual(['e20499'])
  })

  test('is none after close', async () => {
    const publisher = createPublisher(world)
    await publisher.close()
    world.signals.emit('stored', [event(1)])
    expect(publisher.failures()).toBe(0)
    expect(await world.redis.client.keys('*')).toEqual([])
  })
})
