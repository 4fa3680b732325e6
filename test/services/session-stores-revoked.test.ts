import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../src/shared/model/session.ts'
import * as layouts from '../fixtures/session-layouts.ts'
import { startEngine, statusOf, type TestEngine } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { revokeSession } from '../helpers/revoke.ts'
import { waitFor } from '../helpers/wait.ts'

let engine: TestEngine
let redis: Redis

beforeAll(async () => {
  const server = await startRedis()
  redis = new Redis(server.url)
  engine = await startEngine({
    redis: { url: server.url },
    postgres: { url: (await createTestDatabase()).url },
    mirror: { surveyIntervalMs: 250, trackedIntervalMs: 250 },
    revocation: { guardMs: 20_000 },
  })
})
afterAll(() => redis.disconnect())

const write = async (commands: readonly layouts.Command[]): Promise<void> => {
  for (const [name, ...args] of commands) await redis.call(name, ...args)
}
const uuid = (n: number): string => `5d2c9b10-11aa-4e0f-8c3d-${String(n).padStart(12, '0')}`
const found = (liveId: string): Promise<Session> => foundBy(`session:${liveId}`)
/** An application of Spring writes the session first, and whose it is a moment later. */
const foundOf = (user: string, liveId: string): Promise<Session> => foundBy(`session:${liveId} user:${user}`)
const foundBy = (query: string): Promise<Session> =>
  waitFor(async () => (await engine.client.sessions.search({ query: `${query} state:live` })).rows[0], { what: query })
const keysLeft = async (): Promise<string[]> =>
  (await redis.keys('*')).filter((key) => !key.startsWith('audit:')).toSorted()

const accessedMs = Date.now() - 90_000
const ofAlice = `spring:session:${layouts.principalIndex}:alice`

describe('spring-session, indexed', () => {
  test('a revoked session is gone from the index, the expirations, its marker and its hash; another one stays whole', async () => {
    await write(layouts.springIndexed(uuid(1), 'alice', accessedMs))
    const before = await keysLeft()
    await write(layouts.springIndexed(uuid(2), 'alice', accessedMs))
    const session = await foundOf('alice', uuid(2))
    expect(session.userId).toBe('alice')
    expect(await revokeSession(engine.client, session.sessionId)).toMatchObject([{ outcome: 'verified', detail: null }])
    expect(await keysLeft()).toEqual(before)
    expect(await redis.smembersBuffer(ofAlice)).toEqual([layouts.javaString(uuid(1))])
    expect(await redis.zrangeBuffer('spring:session:sessions:expirations', 0, '-1')).toEqual([
      layouts.javaString(uuid(1)),
    ])

    await revokeSession(engine.client, (await foundOf('alice', uuid(1))).sessionId)
    expect(await keysLeft()).toEqual([])
  })

  test('what a late request writes of it is removed again: a part of the hash, then all of it', async () => {
    const whole = layouts.springIndexed(uuid(3), 'alice', accessedMs)
    await write(whole)
    const { sessionId } = await foundOf('alice', uuid(3))
    await revokeSession(engine.client, sessionId)
    await redis.hset(`spring:session:sessions:${uuid(3)}`, 'lastAccessedTime', layouts.javaLong(Date.now()))
    await waitFor(async () => (await keysLeft()).length === 0, { what: 'the removal of the part' })
    await write(whole)
    await waitFor(async () => (await keysLeft()).length === 0, { what: 'the removal of all of it' })
    const guarded = await engine.client.revocations.guarded()
    expect(guarded.find((one) => one.sessionId === sessionId)?.returns).toBe(2)
    const { timeline } = await engine.client.sessions.get({ sessionId })
    expect(timeline.map(({ type }) => type)).toContain('token_reuse')
  })

  test('all sessions of a user are found by the index and ended', async () => {
    for (const n of [4, 5, 6]) await write(layouts.springIndexed(uuid(n), 'dave', accessedMs))
    for (const n of [4, 5, 6]) await foundOf('dave', uuid(n))
    const plan = await engine.client.revocations.plan({ target: { kind: 'user', userId: 'dave' } })
    expect(plan).toMatchObject({ count: 3 })
    expect(plan.willNotEnd).toContain(
      'A request that is under way writes a part of its session again when it ends: the guard removes it again.',
    )
    const reason = { code: 'compromised', text: 'stolen laptop' } as const
    for await (const step of await engine.client.revocations.execute({
      planId: plan.planId,
      reason,
      confirmCount: 3,
    })) {
      if (step.outcome !== null) expect(step.outcome.outcome).toBe('verified')
    }
    expect(await keysLeft()).toEqual([])
  })

  test('an index of another type does not keep the session alive, and is said', async () => {
    await write(layouts.springIndexed(uuid(7), 'erin', accessedMs))
    const { sessionId } = await foundOf('erin', uuid(7))
    await redis.del('spring:session:sessions:expirations')
    await redis.set('spring:session:sessions:expirations', 'x')
    expect(await revokeSession(engine.client, sessionId)).toMatchObject([{ outcome: 'verified' }])
    expect(await redis.exists(`spring:session:sessions:${uuid(7)}`)).toBe(0)
    await redis.del('spring:session:sessions:expirations')
  })
})

const sid = 'q3v8m1n5k7j2h4g6f9d0s1a2z3'
test.each([
  ['spring-session', layouts.springPlain(uuid(8), accessedMs), uuid(8), []],
  [
    'authjs-upstash',
    layouts.authJs(uuid(9), 'u-9', new Date(Date.now() + 86_400_000)),
    uuid(9),
    ['user:session:by-user-id:u-9'],
  ],
  ['django-cached-db', layouts.django('d'.repeat(32), 'cached_db'), 'd'.repeat(32), []],
  ['laravel-cache', layouts.laravel('L'.repeat(40)), 'L'.repeat(40), []],
  ['flask-session', layouts.flaskMessagePack(`${sid}f`), `${sid}f`, []],
  ['rack-session', layouts.rack('cd'.repeat(32)), 'cd'.repeat(32), []],
  ['phpredis', layouts.phpredis(`${sid}p`), `${sid}p`, [`PHPREDIS_SESSION:${sid}p_LOCK`]],
  ['symfony', layouts.symfony(`${sid}s`), `${sid}s`, []],
])('%s: revoked by its key, with what that does not end in the plan', async (profile, commands, liveId, left) => {
  await redis.flushall()
  await write(commands)
  // A live id of 64 hexadecimal digits would be taken for one of the audit store's own.
  const session = await found(liveId.length === 64 ? `* profile:${profile}` : liveId)
  expect(session.profile).toBe(profile)
  const plan = await engine.client.revocations.plan({ target: { kind: 'session', sessionId: session.sessionId } })
  const { stores } = await engine.client.system.sessionStores()
  expect(plan.willNotEnd).toEqual(stores.find((store) => store.profile === profile)?.doesNotEnd.toSorted())
  expect(await revokeSession(engine.client, session.sessionId)).toMatchObject([{ outcome: 'verified', detail: null }])
  expect(await keysLeft()).toEqual(left)
})

test('nothing of all that was a problem but the part of a hash', async () => {
  const { problems } = await statusOf(engine.client)
  const reasons = problems.map(({ reason }) => reason).filter((reason) => reason.startsWith('not mirrored'))
  expect(reasons.filter((reason) => !reason.startsWith('not mirrored: part of a session of Spring'))).toEqual([])
})
