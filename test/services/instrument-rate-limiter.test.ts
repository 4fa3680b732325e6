import { Redis } from 'ioredis'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { createRateLimiter, rateLimitHeaders, type ProducedEvent } from '../../src/instrument/index.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

let server: RedisServer
let redis: Redis
const told: string[] = []
const onProblem = ({ message }: Error): unknown => told.push(message)

beforeAll(async () => {
  server = await startRedis()
  redis = clientOf(server.port)
})

beforeEach(async () => {
  await redis.flushall()
  told.length = 0
})

function clientOf(port: number, stringNumbers = false): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, stringNumbers })
  client.on('error', () => undefined) // Redis goes away in some tests.
  keep({ release: async () => client.disconnect(), abandon: () => undefined })
  return client
}

test('exactly as many as the limit are let through, however many processes ask at once', async () => {
  const limiters = Array.from({ length: 4 }, (_, n) =>
    createRateLimiter({
      redis: clientOf(server.port, n === 0),
      limit: 25,
      windowMs: 600_000,
      timeoutMs: 10_000,
      onProblem,
    }),
  )
  await waitFor(
    async () => (await Promise.all(limiters.map((one) => one.take('warm')))).every((r) => r.source === 'redis'),
    {
      what: 'four connections',
    },
  )
  const results = await Promise.all(limiters.flatMap((one) => Array.from({ length: 20 }, () => one.take('alice'))))
  expect(results.every(({ source }) => source === 'redis')).toBe(true)
  const allowed = results.filter((result) => result.allowed)
  expect(allowed.map(({ remaining }) => remaining).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 25 }, (_, n) => n),
  )
  expect(await limiters[0]?.take('bob')).toMatchObject({ allowed: true, remaining: 24 })
})

test('the window slides: one more is let through when the oldest counts no more', async () => {
  const limiter = createRateLimiter({ redis, limit: 2, windowMs: 1_000, timeoutMs: 10_000, onProblem })
  const first = await limiter.take('alice')
  expect(first).toMatchObject({ allowed: true, remaining: 1, source: 'redis' })
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(await limiter.take('alice')).toMatchObject({ allowed: true, remaining: 0 })
  const refused = await limiter.take('alice')
  expect(refused).toMatchObject({ allowed: false, remaining: 0 })
  expect(refused.resetMs).toBeGreaterThan(0)
  expect(refused.resetMs).toBeLessThanOrEqual(600)
  await new Promise((resolve) => setTimeout(resolve, refused.resetMs + 5))
  // The second still counts: a fixed window would let two through now.
  const results = [await limiter.take('alice'), await limiter.take('alice')]
  expect(results.map(({ allowed }) => allowed)).toEqual([true, false])
  const [key = ''] = await redis.keys('gatehouse:limit:default:*')
  expect(await redis.pttl(key)).toBeGreaterThan(0)
  expect(key).not.toContain('alice')
})

test('with Redis away each process counts in its memory, and says so', async () => {
  const own = await startRedis()
  const client = clientOf(own.port)
  const limiter = createRateLimiter({ redis: client, limit: 3, windowMs: 60_000, timeoutMs: 5_000, onProblem })
  await waitFor(() => client.status === 'ready', { what: 'the connection' })
  expect(await limiter.take('alice')).toMatchObject({ allowed: true, source: 'redis' })
  await own.stop()
  await waitFor(() => client.status !== 'ready', { what: 'the loss of the connection' })
  const results = []
  for (let n = 0; n < 5; n++) results.push(await limiter.take('alice'))
  expect(results.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false])
  expect(results.every(({ source }) => source === 'memory')).toBe(true)
  expect(told.join()).toContain('this process counts in its own memory alone')
  expect(rateLimitHeaders(results[0]!)).toMatchObject({ 'X-RateLimit-Fallback': 'memory' })
  expect(limiter.counters()).toMatchObject({ inMemory: 5, limited: 2 })
  await startRedis({ port: own.port })
  await waitFor(async () => (await limiter.take('bob')).source === 'redis', { what: 'Redis again' })
})

test('a Redis that does not answer delays no request beyond the time given', async () => {
  const silent = clientOf(server.port)
  const limiter = createRateLimiter({ redis: silent, limit: 3, windowMs: 60_000, timeoutMs: 50, onProblem })
  await waitFor(() => silent.status === 'ready', { what: 'the connection' })
  await redis.client('PAUSE', 2_000, 'ALL')
  expect(await limiter.take('alice')).toMatchObject({ allowed: true, source: 'memory' })
  expect(told.join()).toContain('did not answer within 50 ms')
  // Asked no more for a while.
  const results = await Promise.all(Array.from({ length: 100 }, () => limiter.take('alice')))
  expect(results.filter(({ allowed }) => allowed)).toHaveLength(2)
  await waitFor(async () => (await limiter.take('bob')).source === 'redis', { what: 'Redis again' })
})

test('a refusal is an event once a window for each subject', async () => {
  const events: ProducedEvent[] = []
  const audit = { log: (...logged: ProducedEvent[]) => void events.push(...logged) }
  const limiter = createRateLimiter({ redis, name: 'api', limit: 1, windowMs: 60_000, timeoutMs: 10_000, audit })
  for (const subject of ['a', 'a', 'a', 'b', 'b']) await limiter.take(subject, { ip_address: subject, user_id: 'u' })
  expect(events).toHaveLength(2)
  expect(events[0]).toMatchObject({
    event_type: 'rate_limit_hit',
    event_category: 'warning',
    resource_id: 'api',
    ip_address: 'a',
    user_id: 'u',
  })
})

test('the headers in all their forms', () => {
  const result = { name: 'api', limit: 100, windowMs: 60_000, remaining: 0, resetMs: 1_500, source: 'redis' } as const
  expect(rateLimitHeaders({ ...result, allowed: false }, 1_000_000)).toEqual({
    'RateLimit-Policy': '"api";q=100;w=60',
    RateLimit: '"api";r=0;t=2',
    'RateLimit-Limit': '100',
    'RateLimit-Remaining': '0',
    'RateLimit-Reset': '2',
    'X-RateLimit-Limit': '100',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': '1002',
    'Retry-After': '2',
  })
  expect(rateLimitHeaders({ ...result, allowed: true })).not.toHaveProperty('Retry-After')
})

test('a wrong option is refused by its name', () => {
  expect(() => createRateLimiter({ redis, windowMs: 1 } as never)).toThrow('the option "limit" is missing')
  expect(() => createRateLimiter({ redis, limit: 1.5, windowMs: 1 })).toThrow('the option "limit" is 1.5')
  expect(() => createRateLimiter({ redis, limit: 1, windowMs: 1, name: 'a b' })).toThrow('the option "name" must be')
})
