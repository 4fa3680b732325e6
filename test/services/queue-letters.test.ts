import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDeadLetters, type RecordAct } from '../../src/main/engine/queue/dead-letters.ts'
import { encodeFailed } from '../../src/main/engine/queue/failed-item.ts'
import { createInspection } from '../../src/main/engine/queue/inspect.ts'
import { originsOf } from '../../src/main/engine/queue/origin.ts'
import { createSource } from '../../src/main/engine/queue/sources.ts'
import { redisCli, startRedis, type RedisServer } from '../helpers/redis.ts'
import { openQueueWorld } from './queue-world.ts'

type Act = Parameters<RecordAct>[0]

const batchId = '1763632800000-queue-0123456789abcdef'
const liveId = 'aB3dE6gH9jK2mN5pQ8sT'
let server: RedisServer
let world: ReturnType<typeof openQueueWorld>
let acts: Act[]
let failedChanges: number

beforeAll(async () => {
  server = await startRedis()
  world = openQueueWorld({ redis: server.url })
  world.signals.on('failedChanged', () => failedChanges++)
  await world.redis.ready()
})
afterAll(() => world.close())
beforeEach(async () => {
  acts = []
  failedChanges = 0
  await world.redis.client.flushall()
})

const recordAct: RecordAct = async (act) => acts.push(structuredClone(act))
const letters = (record: RecordAct = recordAct) => createDeadLetters({ ...world, recordAct: record })
const letter = (index: number, raw: string | Buffer = `{"n":${index}}`) =>
  encodeFailed(
    batchId,
    originsOf({ batchId })(index),
    Buffer.from(raw),
    'no known dialect',
    new Date('2026-11-20T10:00:00Z'),
  )
const fail = (...entries: (string | Buffer)[]) => world.redis.client.rpush('audit:failed', ...entries)
const list = (key: string) => world.redis.client.lrange(key, 0, -1)
const id = (index: number) => originsOf({ batchId })(index).identity

describe('failed items', () => {
  test('are listed page by page, with session ids hashed', async () => {
    await fail(...Array.from({ length: 120 }, (_, n) => letter(n)), letter(120, `{"session_id":"${liveId}"`))
    const page = await letters().list(60, 100)
    expect(page.depth).toBe(121)
    expect(page.items.map(({ failedId }) => failedId)).toEqual(Array.from({ length: 61 }, (_, n) => id(60 + n)))
    expect(page.items.at(-1)).toEqual({
      failedId: id(120),
      failedAt: new Date('2026-11-20T10:00:00Z'),
      reason: 'no known dialect',
      batchId,
      text: `{"session_id":"${world.sessionIds.of(liveId)}"`,
      bytes: 36,
    })
    expect(await letters().list(500, 10)).toEqual({ items: [], depth: 121 })
  })

  test('go back to the queue byte by byte, under the identity that they had', async () => {
    const binary = Buffer.from([0x81, 0xff, 0x00])
    await fail(
      letter(0),
      letter(1, binary),
      letter(2, '{"event_id":"own","timestamp":1}'),
      letter(3),
      'by another program',
    )
    expect(await letters().requeue({ failedIds: [id(0), id(1), id(2), 'unknown'] }, 'fixed the rule')).toEqual({
      moved: 3,
    })
    const back = await world.redis.client.lrangeBuffer('audit:queue', 0, -1)
    expect(back.map(String)).toEqual([
      `{"n":0,"event_id":"${id(0)}","created_at":"2025-11-20T10:00:00.000Z"}`,
      String(binary),
      '{"event_id":"own","timestamp":1}',
    ])
    expect(back[1]).toEqual(binary)
    expect(await list('audit:failed')).toEqual([letter(3), 'by another program'])
    expect(failedChanges).toBe(1)
  })

  test('go back all at once, those of other programs too', async () => {
    await fail(...Array.from({ length: 130 }, (_, n) => letter(n)), 'by another program')
    expect(await letters().requeue({ all: true }, 'all of them')).toEqual({ moved: 131 })
    expect(await list('audit:failed')).toEqual([])
    const back = await list('audit:queue')
    expect(back.slice(0, -1).map((text) => (JSON.parse(text) as { n: number }).n)).toEqual([...Array(130).keys()])
    expect(back.at(-1)).toBe('by another program')
  })

  test('are discarded for good, and only the selected ones', async () => {
    await fail(...Array.from({ length: 70 }, (_, n) => letter(n)))
    const { items } = await letters().list(0, 1)
    expect(await letters().discard({ failedIds: [items[0]!.failedId, id(69)] }, 'tests')).toEqual({ discarded: 2 })
    expect(await list('audit:failed')).toEqual(Array.from({ length: 68 }, (_, n) => letter(n + 1)))
    expect(await letters().discard({ all: true }, 'the rest')).toEqual({ discarded: 68 })
    expect(await world.redis.client.keys('*')).toEqual([])
  })

  test('that come in while an act goes on are not part of it', async () => {
    await fail(letter(0), letter(1))
    const slow: RecordAct = async (act) => {
      if (act.outcome === 'attempted') await fail(letter(2))
      return recordAct(act)
    }
    expect(await letters(slow).discard({ all: true }, 'tests')).toEqual({ discarded: 2 })
    expect(await list('audit:failed')).toEqual([letter(2)])
  })

  test('moved by two analysts at once are moved once', async () => {
    await fail(...Array.from({ length: 200 }, (_, n) => letter(n)))
    const moved = await Promise.all([letters(), letters()].map((each) => each.requeue({ all: true }, 'both of us')))
    expect(moved[0]!.moved + moved[1]!.moved).toBe(200)
    expect(await world.redis.client.llen('audit:queue')).toBe(200)
    expect(await list('audit:failed')).toEqual([])
  })
})

describe('an act on failed items', () => {
  test('is recorded before it is tried, with what it will touch, and again with its outcome', async () => {
    await fail(letter(0, `{"sid":"${liveId}"}`), letter(1))
    await letters().discard({ failedIds: [id(0)] }, 'not ours')
    const text = `{"sid":"${world.sessionIds.of(liveId)}"}`
    const facts = { action: 'queue_discard', reason: 'not ours', targetUser: null, sessionId: null }
    const details = {
      queue: 'audit:failed',
      count: 1,
      items: [{ failedId: id(0), reason: 'no known dialect', text, bytes: 30 }],
    }
    expect(acts).toEqual([
      { ...facts, outcome: 'attempted', details },
      { ...facts, outcome: 'done', details: { ...details, attempt: 1, moved: 1 } },
    ])
  })

  test('that cannot be recorded does not happen', async () => {
    await fail(letter(0))
    const broken: RecordAct = () => Promise.reject(new Error('no trail'))
    await expect(letters(broken).requeue({ all: true }, 'try')).rejects.toThrow('no trail')
    expect(await list('audit:failed')).toEqual([letter(0)])
  })

  test('that Redis refuses is recorded as failed, and nothing is lost', async () => {
    await fail(letter(0))
    await world.redis.client.set('audit:queue', 'a string')
    await expect(letters().requeue({ all: true }, 'try')).rejects.toThrow(
      'audit:queue is not a list: nothing was moved',
    )
    expect(acts.map(({ outcome, details }) => [outcome, details['moved']])).toEqual([
      ['attempted', undefined],
      ['failed', 0],
    ])
    expect(await list('audit:failed')).toEqual([letter(0)])
  })

  test('on nothing is refused, and not recorded', async () => {
    const refused = { code: 'NOT_FOUND', message: expect.stringContaining('audit:failed') }
    await expect(letters().discard({ failedIds: ['gone'] }, 'try')).rejects.toMatchObject(refused)
    await expect(letters().requeue({ all: true }, 'try')).rejects.toMatchObject(refused)
    expect(acts).toEqual([])
  })
})

describe('the inspection', () => {
  const inspection = () => createInspection(world)

  test('tells depth and age of each queue, and who holds what', async () => {
    const [seconds] = await world.redis.client.time()
    const at = new Date(Number(seconds) * 1000 - 60_000).toISOString()
    await redisCli(server.url, ['RPUSH', 'audit:queue', 'claimed', `{"event_type":"x","created_at":"${at}"}`, '{}'])
    await redisCli(server.url, ['RPUSH', 'audit:critical', 'no time here'])
    await fail(letter(0))
    const { redis, problems } = world
    const config = {
      ...world.config,
      queue: { ...world.config.queue, batch: { ...world.config.queue.batch, small: 1 } },
    }
    const source = createSource({ redis, config, problems }, 'worker-1', 'both')
    const critical = await source.claim()
    await source.claim()

    const { queues, leases } = await inspection().status()
    expect(queues).toEqual([
      { name: 'queue', key: 'audit:queue', depth: 2, oldestAgeMs: expect.any(Number) },
      { name: 'critical', key: 'audit:critical', depth: 0, oldestAgeMs: null },
      { name: 'failed', key: 'audit:failed', depth: 1, oldestAgeMs: expect.any(Number) },
    ])
    expect(queues[0]!.oldestAgeMs).toBeGreaterThanOrEqual(60_000)
    expect(queues[0]!.oldestAgeMs).toBeLessThan(120_000)
    expect(leases).toHaveLength(2)
    expect(leases[0]).toMatchObject({ batchId: critical!.batchId, owner: 'worker-1', size: 1 })
    expect(leases[0]!.remainingMs).toBeLessThanOrEqual(world.config.queue.leaseMs)
  })

  test('peeks without touching: cut, hashed, told by place', async () => {
    const items = ['{"n":0}', '{"sid":"abc"}', `{"sid":"abc","agent":"${'x '.repeat(500_000)}"}`]
    for (const item of items) await redisCli(server.url, ['-x', 'RPUSH', 'audit:queue'], item)
    const look = await inspection().peek('queue', 1, 50)
    expect(look.depth).toBe(3)
    expect(look.items.map(({ index, bytes }) => [index, bytes])).toEqual([
      [1, 13],
      [2, 1_000_024],
    ])
    const hashed = `{"sid":"${world.sessionIds.of('abc')}"`
    expect(look.items[0]!.text).toBe(`${hashed}}`)
    expect(look.items[1]!.text.startsWith(`${hashed},"agent":"x x `)).toBe(true)
    expect(look.items[1]!.text.length).toBeLessThanOrEqual(8 * 1024)
    expect(await world.redis.client.llen('audit:queue')).toBe(3)
  })

  test('shows a key that is no list as empty, and reports it', async () => {
    await redisCli(server.url, ['SET', 'audit:critical', 'a string'])
    const { queues } = await inspection().status()
    expect(queues[1]).toMatchObject({ name: 'critical', depth: 0, oldestAgeMs: null })
    expect(world.problems.list()[0]).toMatchObject({ area: 'queue', examples: ['audit:critical'] })
  })
})
