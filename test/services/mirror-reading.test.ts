import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { maxValueBytes, readKeys } from '../../src/main/engine/sessions/source/read.ts'
import type { RedisKey } from '../../src/shared/model/ids.ts'
import { startRedis } from '../helpers/redis.ts'

let redis: Redis
beforeAll(async () => {
  redis = new Redis((await startRedis()).url, { replyMapping: 'legacy' })
})
beforeEach(() => redis.flushall())
afterAll(() => redis.disconnect())

const keysOf = (count: number) => Array.from({ length: count }, (_, n) => `session:${n}` as RedisKey)

/** What was read, each as its key and how long its value is. */
async function read(keys: readonly RedisKey[], areStrings: boolean): Promise<(readonly [RedisKey, number | string])[]> {
  const readings = await readKeys(redis, keys, areStrings)
  return readings.map(({ key, value }) => {
    if (value.type === 'other') return [key, value.name]
    return [key, value.type === 'string' ? value.bytes.length : value.fields.length] as const
  })
}

/** Script calls since the server started. */
async function scripts(): Promise<number> {
  const stats = await redis.info('commandstats')
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0)
}

describe.each([
  ['expected to be strings', true],
  ['of which nothing is known', false],
])('keys %s', (_, areStrings) => {
  test('long values are read in several steps, and none is left out', async () => {
    const keys = keysOf(20)
    const lengths = keys.map((_key, n) => (n % 3 === 0 ? 100_000 : 10))
    for (const [n, key] of keys.entries()) await redis.set(key, 'x'.repeat(lengths[n] ?? 0))
    const before = await scripts()
    expect(await read(keys, areStrings)).toEqual(keys.map((key, n) => [key, lengths[n]]))
    // Two long ones are more than a step takes.
    expect((await scripts()) - before).toBeGreaterThanOrEqual(4)
  })

  test('many short ones are read in one step', async () => {
    const keys = keysOf(150)
    for (const key of keys) await redis.set(key, 'short', 'EX', 100)
    await read(keys, areStrings)
    const before = await scripts()
    expect(await read(keys, areStrings)).toHaveLength(150)
    expect((await scripts()) - before).toBe(1)
  })

  test('whatever lies under them is read: hashes, lists, strings that are too long, and nothing', async () => {
    const keys = keysOf(6)
    await redis.set('session:0', 'a string')
    await redis.hset('session:1', { a: '1', b: '2' })
    await redis.rpush('session:2', 'x')
    await redis.set('session:3', 'x'.repeat(maxValueBytes + 10))
    await redis.hset('session:5', Object.fromEntries(Array.from({ length: 501 }, (_field, n) => [`f${n}`, n])))
    expect(await read(keys, areStrings)).toEqual([
      ['session:0', 8],
      ['session:1', 2],
      ['session:2', 'list'],
      ['session:3', `string of more than ${maxValueBytes} bytes`],
      ['session:5', 'hash of more than 500 fields'],
    ])
  })

  test('long hashes are read in several steps, and none is left out', async () => {
    const keys = keysOf(10)
    for (const key of keys) await redis.hset(key, { a: 'x'.repeat(60_000), b: 'y'.repeat(60_000) })
    const before = await scripts()
    expect(await read(keys, areStrings)).toEqual(keys.map((key) => [key, 2]))
    expect((await scripts()) - before).toBeGreaterThanOrEqual(5)
  })
})

test('a string comes with what is left of its time', async () => {
  await redis.set('session:0', 'x', 'PX', 60_000)
  await redis.set('session:1', 'x')
  for (const areStrings of [true, false]) {
    const [first, second] = await readKeys(redis, keysOf(2), areStrings)
    expect((first?.expiresAtMs ?? 0) - (first?.nowMs ?? 0)).toBeGreaterThan(50_000)
    expect(second?.expiresAtMs).toBeNull()
  }
})
