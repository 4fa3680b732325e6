import { Redis } from 'ioredis'
import { beforeEach, expect, test } from 'vitest'
import { createCheckUsage, type CheckUsage, type CheckUsageOptions } from '../../src/instrument/index.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { startRelay, type Relay } from '../helpers/relay.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

let server: RedisServer
let relay: Relay
let redis: Redis
let direct: Redis
let told: string[]

beforeEach(async () => {
  server = await startRedis()
  relay = await startRelay(server.port)
  direct = clientOf(server.port)
  redis = clientOf(relay.port)
  told = []
  await waitFor(() => redis.status === 'ready', { what: 'the connection through the relay' })
})

function clientOf(port: number): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 })
  client.on('error', () => undefined) // Cut connections are what is tested.
  keep({ release: async () => client.disconnect(), abandon: () => undefined })
  return client
}

/** Flushes when it is told to, unless an interval is given. */
const usageOf = (options: Partial<CheckUsageOptions> = {}): CheckUsage =>
  createCheckUsage({
    redis,
    enabled: true,
    intervalMs: 3_600_000,
    onProblem: ({ message }) => told.push(message),
    ...options,
  })

const inQueue = async (): Promise<Record<string, unknown>[]> =>
  (await direct.lrange('audit:queue', 0, -1)).map((text) => JSON.parse(text) as Record<string, unknown>)
const users = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `u${from + n}`)
const usersIn = async (): Promise<unknown[]> => (await inQueue()).map((event) => event['user_id'])
const alice = { userId: 'alice', sessionId: 'live-id', username: 'Alice', email: 'alice@example.com' }

async function cut(): Promise<void> {
  relay.cut()
  await waitFor(() => redis.status !== 'ready', { what: 'the loss of the connection' })
}

test('it is off unless it is switched on', async () => {
  const usage = createCheckUsage({ redis })
  usage.record(alice)
  await usage.flush()
  expect(usage.counters()).toMatchObject({ logged: 0, waiting: 0 })
  expect(await direct.llen('audit:queue')).toBe(0)
})

test('only the user id is kept, unless the application asks for more', async () => {
  const usage = usageOf()
  usage.record(alice)
  await usage.close()
  const more = usageOf({ include: ['session_id', 'email'] })
  more.record(alice)
  await more.close()
  const [plain, rich] = await inQueue()
  expect(Object.keys(plain ?? {}).toSorted()).toEqual(['event_id', 'timestamp', 'user_id'])
  expect(rich).toMatchObject({ user_id: 'alice', session_id: 'live-id', email: 'alice@example.com' })
  expect(rich).not.toHaveProperty('username')
})

test('checks stay in memory until the interval is over', async () => {
  const usage = usageOf({ intervalMs: 300 })
  for (const userId of users(0, 20)) usage.record({ userId })
  expect(usage.counters().waiting).toBe(20)
  expect(await direct.llen('audit:queue')).toBe(0)
  await waitFor(() => usage.counters().pushed === 20, { what: 'the flush' })
  expect(await usersIn()).toEqual(users(0, 20))
})

test('they are cleared only once they are in Redis: a failed flush loses nothing', async () => {
  const usage = usageOf()
  for (const userId of users(0, 50)) usage.record({ userId })
  await cut()
  await usage.flush()
  expect(usage.counters()).toMatchObject({ waiting: 50, pushed: 0 })
  for (const userId of users(50, 60)) usage.record({ userId })
  relay.mend()
  await waitFor(() => usage.counters().waiting === 0, { what: 'the repeated flush' })
  expect(await usersIn()).toEqual(users(0, 60))
})

test('nor does one that Redis refuses', async () => {
  const usage = usageOf()
  await direct.set('audit:queue', 'no list')
  for (const userId of users(0, 50)) usage.record({ userId })
  await usage.flush()
  expect(usage.counters()).toMatchObject({ waiting: 50, pushed: 0, failures: 1 })
  expect(told.join()).toContain('WRONGTYPE')
  await direct.del('audit:queue')
  await usage.flush()
  expect(await usersIn()).toEqual(users(0, 50))
})

test('no two flushes at once, and what arrives during one survives', async () => {
  const usage = usageOf()
  for (const userId of users(0, 1_000)) usage.record({ userId })
  await direct.config('RESETSTAT')
  const flushes = [usage.flush(), usage.flush(), usage.flush()]
  for (const userId of users(1_000, 1_100)) usage.record({ userId })
  await Promise.all(flushes)
  expect(await usersIn()).toEqual(users(0, 1_100))
  // 200 a push: had each flush pushed by itself, there were three times as many.
  expect(/cmdstat_rpush:calls=(\d+)/.exec(await direct.info('commandstats'))?.[1]).toBe('6')
})

test('a last flush when the application ends; what comes later is dropped and counted', async () => {
  const usage = usageOf()
  for (const userId of users(0, 700)) usage.record({ userId })
  expect(await usage.close()).toMatchObject({ logged: 700, pushed: 700, waiting: 0 })
  usage.record(alice)
  expect(usage.counters().dropped).toBe(1)
  expect(await usersIn()).toEqual(users(0, 700))
})

test('memory is bounded: flushed early at half, dropped and counted beyond', async () => {
  const usage = usageOf({ maxWaiting: 100 })
  for (const userId of users(0, 50)) usage.record({ userId })
  await waitFor(() => usage.counters().pushed === 50, { what: 'the early flush' })
  await cut()
  for (const userId of users(50, 200)) usage.record({ userId })
  expect(usage.counters()).toMatchObject({ waiting: 100, dropped: 50 })
  relay.mend()
  await waitFor(async () => (await direct.hget('audit:counters', 'dropped_events')) === '50', { what: 'the total' })
  expect(await usersIn()).toEqual([...users(0, 50), ...users(100, 200)])
})

test('no failure reaches the caller: neither of Redis nor of the function that names the user', () => {
  const usage = usageOf({ redis: clientOf(1) })
  usage.record(alice)
  usage.record(() => null)
  usage.record(() => {
    throw new Error('nobody there')
  })
  expect(usage.counters()).toMatchObject({ logged: 1, waiting: 1 })
  expect(told.join()).toContain('nobody there')
  expect(() => usageOf({ include: ['password' as never] })).toThrow('the option "include" names "password"')
})
