import { Redis } from 'ioredis'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { createActivity, type Activity, type ActivityOptions } from '../../src/instrument/index.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { startRelay } from '../helpers/relay.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

let server: RedisServer
let redis: Redis
let told: string[]

beforeAll(async () => {
  server = await startRedis()
  redis = clientOf(server.port)
})

beforeEach(async () => {
  await redis.flushall()
  told = []
})

function clientOf(port: number): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 })
  client.on('error', () => undefined) // Cut connections are what is tested.
  keep({ release: async () => client.disconnect(), abandon: () => undefined })
  return client
}

/** Writes when it is told to, so that a test sees one write after another. */
function activityOf(options: Partial<ActivityOptions> = {}): Activity {
  const activity = createActivity({
    redis,
    intervalMs: 3_600_000,
    onProblem: ({ message }) => told.push(message),
    ...options,
  })
  keep({ release: async () => void (await activity.close(0)), abandon: () => undefined })
  return activity
}

/** Records `calls` of the session under `session:s` that has this value, and returns what it is afterwards. */
async function after(value: string, calls = 1): Promise<string | null> {
  await redis.set('session:s', value)
  const activity = activityOf()
  for (let n = 0; n < calls; n++) activity.record('s')
  await activity.flush()
  return redis.get('session:s')
}

test('a session as JSON gets its time and its calls; all else stays as it is, byte for byte', async () => {
  const value =
    '{"user_id":"alice", "last_active":"2026-01-01T00:00:00.000Z" ,"list":[],"big":12345678901234567890,"api_call_count": 41 ,"é":"\\u00e9\\"}{"}'
  const written = (await after(value, 3)) ?? ''
  const { last_active: lastActive, api_call_count: calls } = JSON.parse(written) as Record<string, unknown>
  expect(calls).toBe(44)
  expect(Math.abs(Date.now() - Date.parse(String(lastActive)))).toBeLessThan(60_000)
  expect(written.replace(String(lastActive), '2026-01-01T00:00:00.000Z').replace('44', ' 41 ')).toBe(
    value.replace(' ,"list"', ',"list"'),
  )
})

test.each([
  ['{}', {}],
  ['{"user_id":"alice"}', { user_id: 'alice' }],
  [' {"api_call_count":"7"} ', {}],
  ['{"a":{"last_active":"inner","api_call_count":5},"b":[{"api_call_count":6}]}', null],
  ['{"x":"\\"last_active\\":\\"no\\"","y":"\\\\","z":"{[\\"api_call_count\\":1"}', null],
  ['{"last_active":null,"api_call_count":null}', {}],
  ['{"last_active":{"odd":[1,2]},"api_call_count":[3]}', {}],
])('%s stays JSON with the two fields set', async (value, rest) => {
  const before = JSON.parse(value) as Record<string, unknown>
  const written = JSON.parse((await after(value)) ?? '') as Record<string, unknown>
  const count = before['api_call_count'] === '7' ? 8 : 1
  const { last_active: lastActive, api_call_count: calls, ...others } = written
  expect(calls).toBe(count)
  expect(new Date(String(lastActive)).toISOString()).toBe(lastActive)
  expect(others).toEqual(rest ?? before)
})

test.each([
  ['1e2', 101],
  ['41.0', 42],
  ['"12"', 13],
  ['-5', 1],
  ['1e999', 1],
  ['true', 1],
])('a count written as %s goes on from there', async (before, count) => {
  expect(JSON.parse((await after(`{"api_call_count":${before}}`)) ?? '')).toMatchObject({ api_call_count: count })
})

test.each([
  ['1767225600', /^\d{10}$/],
  ['1767225600123', /^\d{13}$/],
  ['"1767225600"', /^"\d{10}"$/],
])('a time written as %s keeps its form', async (before, form) => {
  const written = await after(`{"last_active":${before}}`)
  expect(/"last_active":([^,]*),/.exec(written ?? '')?.[1]).toMatch(form)
})

test('hashes too; a time to live stays; what is gone or is no session is left alone and counted', async () => {
  await redis.hset('session:h', { user_id: 'bob', api_call_count: 9, last_active: '1767225600' })
  await redis.pexpire('session:h', 500_000)
  await redis.set('session:j', '{"user_id":"carol"}', 'PX', 500_000)
  await redis.set('session:text', 'not JSON')
  await redis.set('session:broken', '{"user_id":"dave"')
  await redis.set('session:list', '[1]')
  await redis.set('session:large', JSON.stringify({ text: 'x'.repeat(70_000) }))
  await redis.rpush('session:queue', 'x')
  const others = ['text', 'broken', 'list', 'large']
  const before = await redis.mget(others.map((id) => `session:${id}`))
  const activity = activityOf()
  for (const id of ['h', 'h', 'j', 'gone', 'queue', ...others]) activity.record(id)
  await activity.flush()
  const hash = await redis.hgetall('session:h')
  expect(hash).toMatchObject({ user_id: 'bob', api_call_count: '11' })
  expect(hash['last_active']).toMatch(/^\d{10}$/)
  for (const key of ['session:h', 'session:j']) {
    expect(await redis.pttl(key)).toBeGreaterThan(400_000)
    expect(await redis.pttl(key)).toBeLessThanOrEqual(500_000)
  }
  expect(await redis.exists('session:gone')).toBe(0)
  expect(await redis.mget(others.map((id) => `session:${id}`))).toEqual(before)
  expect(activity.counters()).toEqual({ recorded: 9, written: 3, unwritten: 6, dropped: 0, waiting: 0, failures: 0 })
  expect(told.join()).toContain('a session under "session:"')
})

test('a session is written once an interval, however many calls it has, and many sessions in few commands', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => `s${n}`)
  for (const id of ids) await redis.set(`sess:${id}`, '{"cookie":{}}')
  await redis.config('RESETSTAT')
  const activity = activityOf({ prefix: 'sess:', intervalMs: 200 })
  for (let n = 0; n < 50; n++) for (const id of ids) activity.record(id)
  await waitFor(() => activity.counters().written === 3_000, { what: 'the write' })
  const sets = /cmdstat_set:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]
  // 60 sessions and the marker of each of 3 commands.
  expect(Number(sets)).toBe(63)
  expect(JSON.parse((await redis.get('sess:s7')) ?? '')).toMatchObject({ cookie: {}, api_call_count: 50 })
})

test('calls are counted exactly though answers are lost and the network goes and comes', async () => {
  let answers = 0
  let lost = 0
  const answer = (chunk: Buffer): boolean => {
    const breaks = chunk.toString('latin1').startsWith('*') && ++answers % 3 === 0
    if (breaks) lost++
    return !breaks
  }
  const relay = await startRelay(server.port, () => ({ request: () => true, answer }))
  const ids = Array.from({ length: 80 }, (_, n) => `s${n}`)
  for (const id of ids) await redis.set(`session:${id}`, '{"api_call_count":0}')
  const activity = activityOf({ redis: clientOf(relay.port), timeoutMs: 300, intervalMs: 10 })
  for (let round = 0; round < 100; round++) {
    for (const id of ids) activity.record(id)
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (round === 50) relay.cut()
    if (round === 70) relay.mend()
  }
  expect(await activity.close(20_000)).toMatchObject({ recorded: 8_000, written: 8_000, waiting: 0, dropped: 0 })
  expect(lost).toBeGreaterThanOrEqual(3)
  for (const text of await redis.mget(ids.map((id) => `session:${id}`))) {
    expect(JSON.parse(text ?? '')).toMatchObject({ api_call_count: 100 })
  }
})

test('memory is bounded, and neither a failure nor a throwing function reaches the caller', async () => {
  const activity = activityOf({ redis: clientOf(1), maxSessions: 3 })
  for (const id of ['a', 'b', 'c', 'd', 'a', 'e']) activity.record(id)
  activity.record(() => null)
  activity.record(() => {
    throw new Error('no session in sight')
  })
  await activity.flush()
  expect(activity.counters()).toMatchObject({ recorded: 6, written: 0, dropped: 2, waiting: 4 })
  expect(told.join()).toMatch(/3 sessions wait for Redis.*no session in sight.*not connected/)
  expect(await activity.close(50)).toMatchObject({ dropped: 6, waiting: 0 })
})
