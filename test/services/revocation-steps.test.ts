import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { doSteps } from '../../src/main/engine/revocation/do-steps.ts'
import { startRedis } from '../helpers/redis.ts'

let redis: Redis
let url: string

beforeAll(async () => {
  url = (await startRedis()).url
  redis = new Redis(url)
})
beforeEach(() => redis.flushall())
afterAll(() => redis.disconnect())

const fromList = { act: 'removeEntries', key: 'list', field: 'token', value: 'gone' } as const

test('an entry goes from a list, whose other entries and time to live stay; the last one takes the list with it', async () => {
  const entries = [{ token: 'a', expiresAt: 1_763_600_000_123 }, { token: 'gone' }, 'odd', null, { token: 'b' }]
  await redis.set('list', JSON.stringify(entries), 'EX', 1_000)
  expect(await doSteps(redis, [fromList])).toEqual([])
  expect(JSON.parse((await redis.get('list')) ?? '')).toEqual([entries[0], 'odd', null, entries[4]])
  expect(await redis.ttl('list')).toBeGreaterThan(900)
  await redis.set('list', '[{"token":"gone"}]')
  expect(await doSteps(redis, [fromList])).toEqual([])
  expect(await redis.exists('list')).toBe(0)
})

test.each(['{', '{"token":"gone"}', '"gone"', ''])('a list that is %j stays as it is', async (value) => {
  await redis.set('list', value)
  expect(await doSteps(redis, [fromList])).toEqual([])
  expect(await redis.get('list')).toBe(value)
})

test('entries that the application adds meanwhile are not lost', async () => {
  const writer = new Redis(url)
  const total = 300
  await redis.set('list', JSON.stringify([{ token: 'gone' }]))
  const add = async (): Promise<void> => {
    for (let n = 0; n < total; n++) {
      // As one step, so that what is missing afterwards was lost by the removal.
      await writer.eval(
        `local list = redis.call('GET', KEYS[1])
         local entries = list and cjson.decode(list) or {}
         table.insert(entries, { token = ARGV[1] })
         table.insert(entries, { token = 'gone' })
         redis.call('SET', KEYS[1], cjson.encode(entries))`,
        1,
        'list',
        `t${n}`,
      )
    }
  }
  let isDone = false
  const adding = add().finally(() => (isDone = true))
  while (!isDone) await doSteps(redis, [fromList])
  await adding
  expect(await doSteps(redis, [fromList])).toEqual([])
  const tokens = (JSON.parse((await redis.get('list')) ?? '[]') as { token: string }[]).map(({ token }) => token)
  expect(new Set(tokens)).toEqual(new Set(Array.from({ length: total }, (_, n) => `t${n}`)))
  writer.disconnect()
})

test('members go from sets and sorted sets, in whichever spelling they are there', async () => {
  await redis.sadd('set', 'a', 'b')
  await redis.zadd('zset', 1, 'a', 2, '"b"')
  const members = [Buffer.from('b'), Buffer.from('"b"')]
  expect(
    await doSteps(redis, [
      { act: 'removeMembers', key: 'set', members },
      { act: 'removeMembers', key: 'zset', members },
      { act: 'removeMembers', key: 'absent', members },
    ]),
  ).toEqual([])
  expect([await redis.smembers('set'), await redis.zrange('zset', 0, '-1')]).toEqual([['a'], ['a']])
})

test('a step that fails is said, without a key, and the steps after it are done', async () => {
  await redis.mset({ list: 'x', marker: 'x' })
  await redis.del('list')
  await redis.sadd('list', 'x')
  const [failure, ...others] = await doSteps(redis, [fromList, { act: 'delete', key: 'marker' }])
  expect(failure).toMatch(/^Its entry in the user's list was not removed: WRONGTYPE/)
  expect(others).toEqual([])
  expect(await redis.exists('marker')).toBe(0)
})
