import { Redis, type RedisOptions } from 'ioredis'
import { createClient } from 'redis'
import { beforeEach, expect, test } from 'vitest'
import { createAuditLogger, type AuditLogger, type AuditLoggerOptions } from '../../src/instrument/index.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { startRelay, type Relay } from '../helpers/relay.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

let server: RedisServer
let direct: Redis
let relay: Relay
let through: Redis
let told: string[]

const clientOf = (port: number, options: RedisOptions = {}): Redis => {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, ...options })
  client.on('error', () => undefined) // Cut connections are what is tested.
  keep({ release: async () => client.disconnect(), abandon: () => undefined })
  return client
}

beforeEach(async () => {
  server = await startRedis()
  relay = await startRelay(server.port)
  direct = clientOf(server.port)
  through = clientOf(relay.port)
  told = []
  await waitFor(() => through.status === 'ready', { what: 'the connection through the relay' })
})

const logger = (options: Partial<AuditLoggerOptions> = {}): AuditLogger =>
  createAuditLogger({ redis: through, onProblem: ({ message }) => told.push(message), ...options })

const inQueue = async (key = 'audit:queue'): Promise<Record<string, unknown>[]> =>
  (await direct.lrange(key, 0, -1)).map((text) => JSON.parse(text) as Record<string, unknown>)

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n)
const numbersIn = async (): Promise<unknown[]> => (await inQueue()).map((event) => event['n'])

/** The network is gone, and the client has noticed. */
async function cut(): Promise<void> {
  relay.cut()
  await waitFor(() => through.status !== 'ready', { what: 'the loss of the connection' })
}

test('events arrive in order, each with an id and a time, and without their secrets', async () => {
  const audit = logger({ secretNames: ['pin'] })
  const metadata = {
    Password: 'hunter2',
    nested: [{ authorization: 'Bearer abc', note: 'kept' }],
    headers: { Cookie: 'sid=1', 'x-api-key': 'k' },
    PIN: 1234,
    password_changed: true,
  }
  audit.log({ event_type: 'login', user_id: 'alice', metadata }, { action: 'document.read', user_id: 'bob' })
  audit.log({ timestamp: '2026-01-02T03:04:05.000Z', user_id: 'carol' })
  await audit.flush()
  const [login, action, check] = await inQueue()
  expect(login).toMatchObject({ event_type: 'login', user_id: 'alice' })
  expect(login?.['metadata']).toEqual({
    Password: '[redacted]',
    nested: [{ authorization: '[redacted]', note: 'kept' }],
    headers: { Cookie: '[redacted]', 'x-api-key': '[redacted]' },
    PIN: '[redacted]',
    password_changed: true,
  })
  expect(action).toMatchObject({ action: 'document.read', user_id: 'bob' })
  expect(Date.parse(String(action?.['created_at']))).toBeGreaterThan(0)
  expect(check).not.toHaveProperty('created_at')
  expect(new Set([login, action, check].map((event) => event?.['event_id'])).size).toBe(3)
  expect(audit.counters()).toEqual({ logged: 3, pushed: 3, overflowed: 0, dropped: 0, waiting: 0, failures: 0 })
})

test('what cannot be written is counted and told, never thrown; cycles and large values end', async () => {
  const audit = logger()
  const cycle: Record<string, unknown> = { event_type: 'login', n: 1 }
  cycle['metadata'] = { cycle }
  const broken = {
    event_type: 'login',
    get metadata(): never {
      throw new Error('a getter that throws')
    },
  }
  audit.log(cycle, broken, null as never, { event_type: 'x', metadata: { big: 1n, long: 'y'.repeat(1e6), n: [1, 2] } })
  audit.log({ event_type: 'large', metadata: { many: numbers(0, 1_000).map(() => 'z'.repeat(500)) } })
  await audit.flush()
  const [first, second, third] = await inQueue()
  expect(JSON.stringify(first)).toContain('[left out: too large or too deep]')
  expect(second?.['metadata']).toMatchObject({ big: '1', n: [1, 2] })
  expect(JSON.stringify(second).length).toBeLessThan(9_000)
  expect(third).toMatchObject({ event_type: 'large', metadata: { _left_out: expect.stringContaining('characters') } })
  expect(audit.counters()).toMatchObject({ logged: 5, pushed: 3, dropped: 2 })
  expect(told[0]).toContain('a getter that throws')
  expect(await direct.hgetall('audit:counters')).toEqual({ dropped_events: '2' })
})

test('while Redis is away events wait, and go in order when it is back', async () => {
  const audit = logger()
  audit.log({ n: 0 })
  await audit.flush()
  await cut()
  for (const n of numbers(1, 501)) audit.log({ n })
  const critical = audit.logCritical({ event_type: 'permanent_ban_applied', user_id: 'mallory' })
  await waitFor(() => told.some((message) => message.includes('not connected')), { what: 'a word about it' })
  expect(await critical).toBe('waiting')
  expect(audit.counters()).toMatchObject({ logged: 502, pushed: 1, waiting: 501, dropped: 0 })
  relay.mend()
  await waitFor(() => audit.counters().waiting === 0, { what: 'everything in Redis' })
  expect(await numbersIn()).toEqual(numbers(0, 501))
  expect(await inQueue('audit:critical')).toHaveLength(1)
})

test.each([
  ['the client', true],
  ['the logger', false],
])('a push whose answer was lost is not done twice when %s repeats it', async (_, autoResendUnfulfilledCommands) => {
  let answers = 0
  let lost = 0
  // Every other answer to a push, a number, breaks the connection instead of coming through.
  const answer = (chunk: Buffer): boolean => {
    const breaks = chunk.toString('latin1').startsWith(':') && ++answers % 2 === 1
    if (breaks) lost++
    return !breaks
  }
  const bad = await startRelay(server.port, () => ({ request: () => true, answer }))
  const audit = logger({ redis: clientOf(bad.port, { autoResendUnfulfilledCommands }), timeoutMs: 300 })
  for (const n of numbers(0, 1_000)) audit.log({ n })
  expect(await audit.close(20_000)).toMatchObject({ logged: 1_000, pushed: 1_000, waiting: 0, dropped: 0 })
  expect(lost).toBeGreaterThanOrEqual(5)
  expect(await numbersIn()).toEqual(numbers(0, 1_000))
})

test('at its limit the queue grows no further; what waits is counted once and follows later', async () => {
  const audit = logger({ depthLimit: 50 })
  for (const n of numbers(0, 80)) audit.log({ n })
  await audit.flush()
  expect(audit.counters()).toMatchObject({ pushed: 50, overflowed: 30, waiting: 30, dropped: 0 })
  expect(await direct.hgetall('audit:counters')).toEqual({ overflow_events: '30' })
  expect(told.join()).toContain('audit:queue is at its limit of 50')
  expect(await audit.logCritical({ event_type: 'permanent_ban_applied' })).toBe('pushed')
  await audit.flush()
  await audit.flush()
  expect(audit.counters().overflowed).toBe(30)
  const drained = await direct.lpop('audit:queue', 50)
  await waitFor(() => audit.counters().waiting === 0, { what: 'the rest in Redis' })
  const all = [...(drained ?? []).map((text) => (JSON.parse(text) as { n: number }).n), ...(await numbersIn())]
  expect(all).toEqual(numbers(0, 80))
  expect(audit.counters()).toMatchObject({ pushed: 81, overflowed: 30 })
  expect(await direct.hgetall('audit:counters')).toEqual({ overflow_events: '30' })
})

test('memory is bounded: the oldest go, and are counted here and in Redis, once', async () => {
  const audit = logger({ maxWaiting: 100 })
  await cut()
  for (const n of numbers(0, 250)) audit.log({ n })
  expect(audit.counters()).toMatchObject({ waiting: 100, dropped: 150 })
  relay.mend()
  await waitFor(() => audit.counters().pushed === 100, { what: 'the newest in Redis' })
  expect(await numbersIn()).toEqual(numbers(150, 250))
  await waitFor(async () => (await direct.hget('audit:counters', 'dropped_events')) === '150', { what: 'the total' })
  expect(told.join()).toContain('the oldest event was dropped')
  const other = logger({ maxWaitingCharacters: 10_000 })
  other.log(...numbers(0, 10).map((n) => ({ n, description: 'x'.repeat(3_000) })))
  expect(other.counters()).toMatchObject({ waiting: 3, dropped: 7 })
  expect(await other.close()).toMatchObject({ pushed: 3 })
  expect(await direct.hget('audit:counters', 'dropped_events')).toBe('157')
})

test('close() pushes what waits within its time, and says what it could not', async () => {
  const audit = logger()
  for (const n of numbers(0, 3_000)) audit.log({ n })
  expect(await audit.close()).toMatchObject({ pushed: 3_000, waiting: 0, dropped: 0 })
  audit.log({ n: 'late' })
  expect(await audit.logCritical({ n: 'late' })).toBe('dropped')
  expect(audit.counters().dropped).toBe(2)
  expect(await direct.llen('audit:queue')).toBe(3_000)
  const cutOff = logger()
  await cut()
  cutOff.log({ n: 1 })
  const critical = cutOff.logCritical({ n: 2 })
  expect(await cutOff.close(100)).toMatchObject({ pushed: 0, waiting: 0, dropped: 2 })
  expect(await critical).toBe('dropped')
})

test('the package redis serves as well as ioredis', async () => {
  const client = await createClient({ url: server.url }).connect()
  keep({ release: async () => client.destroy(), abandon: () => undefined })
  const audit = logger({ redis: client, keys: { queue: 'app:{q}', critical: 'app:{q}:first', counters: 'app:totals' } })
  for (const n of numbers(0, 450)) audit.log({ n })
  expect(await audit.logCritical({ n: 'first' })).toBe('pushed')
  expect(await audit.close()).toMatchObject({ pushed: 451 })
  expect((await inQueue('app:{q}')).map((event) => event['n'])).toEqual(numbers(0, 450))
  expect(await inQueue('app:{q}:first')).toHaveLength(1)
})

test('a wrong option is refused by its name', () => {
  expect(() => createAuditLogger({ redis: {} as never })).toThrow('the option "redis" is no Redis client')
  expect(() => logger({ maxWaiting: 0 })).toThrow('createAuditLogger: the option "maxWaiting" is 0')
  expect(() => logger({ depthlimit: 5 } as never)).toThrow('the option "depthlimit" is unknown: there are redis')
  expect(() => createAuditLogger(undefined as never)).toThrow('expected an object of options')
})
