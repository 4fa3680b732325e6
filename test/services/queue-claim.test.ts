import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { queueGroups } from '../../src/main/engine/queue/groups.ts'
import { createLeaseHolder } from '../../src/main/engine/queue/lease.ts'
import { createSource } from '../../src/main/engine/queue/sources.ts'
import { redisCli, startRedis, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openQueueWorld } from './queue-world.ts'

let server: RedisServer
let world: ReturnType<typeof openQueueWorld>

beforeAll(async () => {
  server = await startRedis()
  world = openQueueWorld(
    { redis: server.url },
    { batch: { small: 3, medium: 5, large: 9, mediumFrom: 20, largeFrom: 40 } },
  )
  await world.redis.ready()
})
afterAll(() => world.close())
beforeEach(() => world.redis.client.flushall())

const push = (queue: string, items: (string | Buffer)[]) => world.redis.client.rpush(queue, ...items)
const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n))
const texts = (items: Buffer[] | undefined) => items?.map(String)

const letters = (...entries: string[]) => entries.map((entry, index) => ({ index, entry }))

function worker(owner: string, leaseMs = 30_000) {
  const { redis } = world
  const config = { ...world.config, queue: { ...world.config.queue, leaseMs } }
  const [group] = queueGroups(config.redis.keys, false)
  return {
    ...createSource({ ...world, config }, owner, 'both'),
    leaseOf: createLeaseHolder(redis.client, group!, leaseMs, owner).leaseOf,
  }
}

describe('a claim', () => {
  test('moves the oldest items to a list of their own, under a lease', async () => {
    await push('audit:queue', numbers(5))
    const batch = await worker('w1').claim()
    expect(texts(batch?.items)).toEqual(['0', '1', '2'])
    expect(batch?.batchId).toMatch(/^\d{13}-queue-[0-9a-f]{16}$/)
    expect(batch?.adopted).toBe(false)
    const { client } = world.redis
    expect(await client.lrange('audit:queue', 0, -1)).toEqual(['3', '4'])
    expect(await client.lrange(`audit:p:${batch?.batchId}`, 0, -1)).toEqual(['0', '1', '2'])
    expect(await client.hget('audit:owners', batch!.batchId)).toBe('w1')
    const [seconds] = await client.time()
    const lease = Number(await client.zscore('audit:leases', batch!.batchId))
    expect(lease - Number(seconds) * 1000).toBeLessThanOrEqual(31_000)
  })

  test('finds nothing where nothing is', async () => {
    expect(await worker('w1').claim()).toBeNull()
    expect(await world.redis.client.keys('*')).toEqual([])
  })

  test.each([
    [19, 3],
    [20, 5],
    [39, 5],
    [40, 9],
  ])('of %d waiting items takes %d', async (waiting, taken) => {
    await push('audit:queue', numbers(waiting))
    expect((await worker('w1').claim())?.items).toHaveLength(taken)
  })

  test('keeps the size that a backlog has reached until the queue is empty', async () => {
    await push('audit:queue', numbers(60))
    const { claim } = worker('w1')
    const sizes: (number | undefined)[] = []
    for (let n = 0; n < 8; n++) sizes.push((await claim())?.items.length)
    expect(sizes).toEqual([9, 9, 9, 9, 9, 9, 6, undefined])
    await push('audit:queue', numbers(5))
    expect((await claim())?.items).toHaveLength(3)
  })

  test('of a backlog is no larger than a large one while critical events come, and full-sized after them', async () => {
    const batch = { ...world.config.queue.batch, bulk: 15, bulkFrom: 50 }
    const config = { ...world.config, queue: { ...world.config.queue, batch } }
    await push('audit:queue', numbers(120))
    let isModest = false
    const { claim } = createSource({ ...world, config }, 'w1', 'queue', { isModest: () => isModest })
    const sizes: (number | undefined)[] = []
    for (isModest of [false, true, true, false]) sizes.push((await claim())?.items.length)
    expect(sizes).toEqual([15, 9, 9, 15])
  })

  test('takes critical items first', async () => {
    await push('audit:queue', numbers(2))
    await push('audit:critical', ['now'])
    const { claim } = worker('w1')
    expect(texts((await claim())?.items)).toEqual(['now'])
    expect(texts((await claim())?.items)).toEqual(['0', '1'])
  })

  test('of 5,000 items, the most, takes them in order, by commands that move 1,000 each', async () => {
    const big = openQueueWorld({ redis: server.url }, { batch: { small: 5_000, medium: 5_000, large: 5_000 } })
    await big.redis.ready()
    await push('audit:queue', numbers(5_001))
    await world.redis.client.config('RESETSTAT')
    const batch = await createSource(big, 'w1', 'both').claim()
    await big.close()
    expect(texts(batch?.items)).toEqual(numbers(5_000))
    expect(await world.redis.client.lrange('audit:queue', 0, -1)).toEqual(['5000'])
    const scripts = /cmdstat_evalsha:calls=(\d+)/.exec(await world.redis.client.info('commandstats'))?.[1]
    expect(Number(scripts)).toBeGreaterThanOrEqual(5)
  })

  test('is not made larger by one who lost it meanwhile', async () => {
    const slow = openQueueWorld({ redis: server.url }, { batch: { small: 2_000, medium: 2_000 } })
    await slow.redis.ready()
    await push('audit:queue', numbers(2_500))
    const { client } = slow.redis
    const evalsha = client.evalsha.bind(client)
    let calls = 0
    // Before the second command of the claim, the first that answers with text, another worker takes the batch over.
    client.evalsha = (async (...args: Parameters<typeof evalsha>) => {
      if (++calls === 1) await world.redis.client.hset('audit:owners', await anyBatch(), 'adopter')
      return evalsha(...args)
    }) as typeof client.evalsha
    const anyBatch = async () => (await world.redis.client.zrange('audit:leases', 0, '0'))[0]!
    const batch = await createSource(slow, 'w1', 'both').claim()
    await slow.close()
    expect(batch?.items).toHaveLength(1_000)
    expect(await world.redis.client.llen('audit:queue')).toBe(1_500)
  })

  test('stops before a batch outgrows the memory, but takes any single item', async () => {
    const big = Buffer.alloc(700 * 1024, 'x')
    await push('audit:queue', [big, big, Buffer.alloc(6 * 1024 * 1024, 'y'), 'small'])
    const { claim } = worker('w1')
    const sizes = async () => (await claim())?.items.map((item) => item.length)
    expect(await sizes()).toEqual([big.length])
    expect(await sizes()).toEqual([big.length])
    expect(await sizes()).toEqual([6 * 1024 * 1024])
    expect(await sizes()).toEqual([5])
  })

  test('keeps bytes that are no text', async () => {
    const bytes = Buffer.from([0, 255, 0x81, 0xc3, 0x28, 13, 10])
    await push('audit:queue', [bytes, ''])
    expect((await worker('w1').claim())?.items).toEqual([bytes, Buffer.alloc(0)])
  })

  test('goes on with the queue when the critical key is something else, and says so', async () => {
    await world.redis.client.set('audit:critical', 'a string')
    await push('audit:queue', ['1'])
    expect(texts((await worker('w1').claim())?.items)).toEqual(['1'])
    expect(world.problems.list()).toMatchObject([
      { area: 'queue', reason: 'a key of a queue is not a list: rename or delete it', examples: ['audit:critical'] },
    ])
  })

  test('and an acknowledgement work on a Redis that is full: draining is what makes room', async () => {
    await push('audit:queue', numbers(3))
    await redisCli(server.url, ['CONFIG', 'SET', 'maxmemory', '1'])
    try {
      await expect(push('audit:queue', ['4'])).rejects.toThrow('OOM')
      const w1 = worker('w1')
      const batch = await w1.claim()
      expect(batch?.items).toHaveLength(3)
      expect(await w1.leaseOf(batch!.batchId).renew()).toBe(true)
      expect(await w1.leaseOf(batch!.batchId).acknowledge(letters('failed'))).toBe(true)
    } finally {
      await redisCli(server.url, ['CONFIG', 'SET', 'maxmemory', '0'])
    }
    expect(await world.redis.client.keys('*')).toEqual(['audit:failed'])
  })
})

describe('a lease', () => {
  const expired = async (batchId: string) => {
    const { client } = world.redis
    await waitFor(
      async () => {
        const [seconds, micros] = await client.time()
        const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
        return Number(await client.zscore('audit:leases', batchId)) <= now
      },
      { what: 'the lease to run out' },
    )
  }

  test('that ran out lets another adopt the batch under its id, before the queue', async () => {
    await push('audit:queue', numbers(4))
    const [first, second] = [worker('w1', 1), worker('w2')]
    const batch = await first.claim()
    await expired(batch!.batchId)
    expect(await second.claim()).toMatchObject({ batchId: batch!.batchId, items: batch!.items, adopted: true })
    expect(texts((await second.claim())?.items)).toEqual(['3'])
  })

  test('that is renewed is not adopted', async () => {
    await push('audit:queue', ['1'])
    const [first, second] = [worker('w1', 1), worker('w2')]
    const batch = await first.claim()
    await expired(batch!.batchId)
    expect(await worker('w1').leaseOf(batch!.batchId).renew()).toBe(true)
    expect(await second.claim()).toBeNull()
  })

  test('that is given back can be adopted at once', async () => {
    await push('audit:queue', ['1'])
    const batch = await worker('w1').claim()
    expect(await worker('w1').leaseOf(batch!.batchId).release()).toBe(true)
    expect(await worker('w2').claim()).toMatchObject({ batchId: batch!.batchId, adopted: true })
  })

  test('of a batch that another adopted gives no rights any more', async () => {
    await push('audit:queue', ['1'])
    const [first, second] = [worker('w1'), worker('w2')]
    const { batchId } = (await first.claim())!
    await first.leaseOf(batchId).release()
    await second.claim()
    expect(await first.leaseOf(batchId).renew()).toBe(false)
    expect(await first.leaseOf(batchId).release()).toBe(false)
    expect(await first.leaseOf(batchId).acknowledge(letters('from the late one'))).toBe(false)
    expect(await world.redis.client.exists(`audit:p:${batchId}`)).toBe(1)
    expect(await second.leaseOf(batchId).acknowledge(letters('failed'))).toBe(true)
    expect(await second.leaseOf(batchId).acknowledge(letters('again'))).toBe(false)
    expect(await world.redis.client.keys('*')).toEqual(['audit:failed'])
    expect(await world.redis.client.lrange('audit:failed', 0, -1)).toEqual(['failed'])
  })

  test('without a list is forgotten', async () => {
    await world.redis.client.zadd('audit:leases', 1, '1-queue-0000000000000000')
    await world.redis.client.hset('audit:owners', '1-queue-0000000000000000', 'gone')
    expect(await worker('w1').claim()).toBeNull()
    expect(await world.redis.client.keys('*')).toEqual([])
  })

  test('ends with all failed items in the list, or with nothing changed', async () => {
    await push('audit:queue', ['1'])
    await world.redis.client.set('audit:failed', 'a string')
    const w1 = worker('w1')
    const { batchId } = (await w1.claim())!
    await expect(w1.leaseOf(batchId).acknowledge(letters('failed'))).rejects.toThrow('WRONGTYPE')
    expect(await world.redis.client.lrange(`audit:p:${batchId}`, 0, -1)).toEqual(['1'])
    await world.redis.client.del('audit:failed')
    expect(await w1.leaseOf(batchId).acknowledge(letters(...numbers(2_500)))).toBe(true)
    expect(await world.redis.client.lrange('audit:failed', 0, -1)).toEqual(numbers(2_500))
  })
})
