import { Redis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addressSubject,
  createBruteForceGuard,
  type BruteForceGuard,
  type BruteForceGuardOptions,
  type ProducedEvent,
} from '../../src/instrument/index.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

let server: RedisServer
let redis: Redis
let events: ProducedEvent[]

beforeAll(async () => {
  server = await startRedis()
  redis = clientOf(server.port)
  await redis.ping()
})

beforeEach(async () => {
  await redis.flushall()
  events = []
})

function clientOf(port: number): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 })
  client.on('error', () => undefined) // Redis is away in some tests.
  keep({ release: async () => client.disconnect(), abandon: () => undefined })
  return client
}

const audit: NonNullable<BruteForceGuardOptions['audit']> = {
  log: (...logged) => void events.push(...logged),
  logCritical: async (event) => {
    events.push({ ...event, critical: true })
    return 'pushed'
  },
}

/** The guard behaves alike with Redis and without it. */
describe.each(['redis', 'memory'] as const)('counting in %s', (source) => {
  const guardOf = (options: Partial<BruteForceGuardOptions> = {}): BruteForceGuard =>
    createBruteForceGuard({
      redis: source === 'redis' ? redis : clientOf(1),
      timeoutMs: 10_000,
      audit,
      onProblem: () => undefined,
      ...options,
    })

  async function guess(guard: BruteForceGuard, account: string, address: string): Promise<boolean> {
    const attempt = await guard.begin({ account, address })
    expect(attempt.source).toBe(source)
    if (attempt.allowed) await attempt.failed({ user_agent: 'curl' })
    return attempt.allowed
  }

  test('an account is locked after its limit of failures, from whatever addresses, and told as an event', async () => {
    const guard = guardOf()
    for (let n = 0; n < 5; n++) expect(await guess(guard, n % 2 === 0 ? 'alice' : ' Alice', `10.0.0.${n}`)).toBe(true)
    const refused = await guard.begin({ account: 'alice', address: '10.0.0.9' })
    expect(refused).toMatchObject({ allowed: false, blockedBy: 'account' })
    expect(refused.retryAfterMs).toBeGreaterThan(50_000)
    expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000)
    expect((await guard.begin({ account: 'bob', address: '10.0.0.1' })).allowed).toBe(true)
    expect(events).toEqual([
      expect.objectContaining({
        event_type: 'brute_force_attempt',
        resource_type: 'account',
        ip_address: '10.0.0.4',
        user_agent: 'curl',
        metadata: { failures: 5, locks: 1, lock_ms: 60_000 },
      }),
    ])
  })

  test('success forgets the failures of the account; its attempt does not count against the address', async () => {
    const guard = guardOf({ address: { limit: 5 } })
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 4; n++) expect(await guess(guard, 'alice', `10.${round}.0.${n}`)).toBe(true)
      await (await guard.begin({ account: 'alice', address: '10.9.9.9' })).succeeded()
    }
    for (let n = 0; n < 10; n++) {
      const attempt = await guard.begin({ account: `user${n}`, address: '10.9.9.9' })
      expect(attempt.allowed).toBe(true)
      await attempt.succeeded()
    }
    expect(events).toEqual([])
  })

  test('many guesses at once are no more than the limit', async () => {
    const guard = guardOf()
    const attempts = await Promise.all(
      Array.from({ length: 50 }, (_, n) => guard.begin({ account: 'alice', address: `10.0.1.${n}` })),
    )
    const begun = attempts.filter(({ allowed }) => allowed)
    expect(begun).toHaveLength(5)
    // Those under way are no failures: one that fails locks nothing, and one that succeeds forgets it.
    await begun[0]?.failed()
    expect(events).toEqual([])
    await begun[1]?.succeeded()
    expect((await guard.begin({ account: 'alice', address: '10.0.2.1' })).allowed).toBe(true)
  })

  test('each lock takes twice as long, up to the longest; the last one of an address is for good', async () => {
    const guard = guardOf({
      account: { limit: 1_000 },
      address: { limit: 1, lockMs: 40, maxLockMs: 100, banAfterLocks: 4 },
    })
    const locks = []
    for (let n = 0; n < 4; n++) {
      const attempt = await waitFor(
        async () => {
          const begun = await guard.begin({ account: `user${n}`, address: '192.0.2.7' })
          return begun.allowed ? begun : null
        },
        { what: 'the end of the lock' },
      )
      locks.push(await attempt.failed())
    }
    expect(locks.map(({ lockMs }) => lockMs)).toEqual([40, 80, 100, Number.POSITIVE_INFINITY])
    expect(await guard.begin({ account: 'user', address: '::ffff:192.0.2.7' })).toMatchObject({
      allowed: false,
      blockedBy: 'address',
      retryAfterMs: Number.POSITIVE_INFINITY,
    })
    expect(events.map((event) => event['event_type'])).toEqual([
      ...Array.from({ length: 3 }, () => 'brute_force_attempt'),
      'permanent_ban_applied',
    ])
    expect(events[3]).toMatchObject({ critical: true, event_category: 'critical', resource_id: '192.0.2.7' })
    expect(await guard.unlock({ address: '192.0.2.7' })).toBe(source === 'redis')
    expect((await guard.begin({ account: 'user', address: '192.0.2.7' })).allowed).toBe(true)
  })

  test('an attempt that is refused does not count against its address', async () => {
    const guard = guardOf({ account: { limit: 1 }, address: { limit: 3 } })
    await guess(guard, 'alice', '10.0.0.1')
    for (let n = 0; n < 10; n++) expect(await guess(guard, 'alice', '10.0.0.1')).toBe(false)
    expect(await guess(guard, 'bob', '10.0.0.1')).toBe(true)
  })
})

test('a lock that Redis gave holds when Redis goes away', async () => {
  const own = await startRedis()
  const client = clientOf(own.port)
  const guard = createBruteForceGuard({
    redis: client,
    timeoutMs: 5_000,
    onProblem: () => undefined,
    account: { limit: 1 },
  })
  await waitFor(() => client.status === 'ready', { what: 'the connection' })
  await (await guard.begin({ account: 'alice', address: '10.0.0.1' })).failed()
  await own.stop()
  await waitFor(() => client.status !== 'ready', { what: 'the loss of the connection' })
  expect(await guard.begin({ account: 'alice', address: '10.0.0.2' })).toMatchObject({
    allowed: false,
    source: 'memory',
  })
})

test('what strangers type is no text always, and breaks nothing', async () => {
  const guard = createBruteForceGuard({ redis, timeoutMs: 10_000, account: { limit: 1 } })
  for (const account of [{ toString: 1 }, { $ne: null }, ['a'], null, undefined, 7, 'x'.repeat(1e6)] as string[]) {
    const attempt = await guard.begin({ account, address: undefined as never })
    expect(attempt).toMatchObject({ allowed: true, source: 'redis' })
    await attempt.failed()
    expect(await guard.begin({ account, address: '10.0.0.1' })).toMatchObject({ allowed: false, blockedBy: 'account' })
  }
})

test('no key names an account or an address', async () => {
  const guard = createBruteForceGuard({ redis, timeoutMs: 10_000 })
  await (await guard.begin({ account: 'alice', address: '10.0.0.1' })).failed()
  const keys = await redis.keys('*')
  expect(keys).toHaveLength(2)
  expect(keys.join()).not.toMatch(/alice|10\.0/)
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (address, subject) => {
  expect(addressSubject(address)).toBe(subject)
})

test('a wrong option is refused by its name', () => {
  expect(() => createBruteForceGuard({ redis, account: { limit: 0 } })).toThrow('account: the option "limit" is 0')
  expect(() => createBruteForceGuard({ redis, address: { banAfterLocks: 0 } })).toThrow('"banAfterLocks" is 0')
})
