import type { Redis } from 'ioredis'
import { Redis as Client } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from '../../src/shared/model/session.ts'
import { startBetterAuthApplication, type AuthVisitor } from '../helpers/better-auth-application.ts'
import { startEngine, type TestEngine } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { revokeSession } from '../helpers/revoke.ts'
import { waitFor } from '../helpers/wait.ts'

let engine: TestEngine
let redis: Redis
let application: Awaited<ReturnType<typeof startBetterAuthApplication>>

beforeAll(async () => {
  const server = await startRedis()
  redis = new Client(server.url)
  application = await startBetterAuthApplication(server.url)
  engine = await startEngine({
    redis: { url: server.url },
    postgres: { url: (await createTestDatabase()).url },
    mirror: { surveyIntervalMs: 250, trackedIntervalMs: 250 },
    revocation: { guardMs: 20_000 },
  })
})
afterAll(() => redis.disconnect())

const sessionOf = (userId: string): Promise<Session> =>
  waitFor(async () => (await engine.client.sessions.search({ query: `user:${userId} state:live` })).rows[0], {
    what: `the session of ${userId}`,
  })

const listOf = async (userId: string): Promise<string[]> => {
  const list = JSON.parse((await redis.get(`better-auth:active-sessions-${userId}`)) ?? '[]') as { token: string }[]
  return list.map(({ token }) => token)
}

async function signedUp(name: string): Promise<{ visitor: AuthVisitor; userId: string }> {
  const visitor = application.visitor(name)
  expect(await visitor.signUp()).toBe(200)
  const userId = await visitor.whoAmI()
  if (userId === null) throw new Error('nobody is logged in')
  return { visitor, userId }
}

test('a session is found, shown with its user, address and agent, and has ended for better-auth once it is revoked', async () => {
  const { visitor, userId } = await signedUp('alice')
  const session = await sessionOf(userId)
  expect(session).toMatchObject({
    profile: 'better-auth',
    userId,
    ipAddress: '203.0.113.7',
    userAgent: 'browser of alice',
    endedAt: null,
  })
  expect(session.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  expect(JSON.stringify(session)).not.toContain(visitor.token())

  expect(await revokeSession(engine.client, session.sessionId)).toMatchObject([{ outcome: 'verified', detail: null }])
  expect(await visitor.whoAmI()).toBeNull()
  expect(await redis.exists(`better-auth:active-sessions-${userId}`)).toBe(0)
  expect(await visitor.signIn()).toBe(200)
  expect(await visitor.whoAmI()).toBe(userId)
})

test('the other sessions of the user stay, in Redis and in the list', async () => {
  const { visitor: laptop, userId } = await signedUp('bob')
  await sessionOf(userId)
  const stolen = laptop.token()
  const phone = application.visitor('bob')
  expect(await phone.signIn()).toBe(200)
  const both = await waitFor(
    async () => {
      const { rows } = await engine.client.sessions.search({ query: `user:${userId} state:live` })
      return rows.length === 2 ? rows : null
    },
    { what: 'both sessions of bob' },
  )
  const plan = await engine.client.revocations.plan({ target: { kind: 'user', userId } })
  expect(plan.count).toBe(2)
  expect(plan.willNotEnd.join(' ')).toContain('cookie cache')

  const ended = both.find(
    ({ firstSeen }) => firstSeen.getTime() === Math.min(...both.map((s) => s.firstSeen.getTime())),
  )
  await revokeSession(engine.client, ended?.sessionId ?? both[0]?.sessionId ?? expect.fail('no session'))
  expect(await laptop.whoAmI()).toBeNull()
  expect(await phone.whoAmI()).toBe(userId)
  expect(await listOf(userId)).toEqual([phone.token()])
  expect(stolen).not.toBe(phone.token())
})

test('a request in flight that saves the session and the list again changes nothing: both are removed again', async () => {
  const { visitor, userId } = await signedUp('carol')
  const session = await sessionOf(userId)
  const [value, list] = await redis.mget(`better-auth:${visitor.token()}`, `better-auth:active-sessions-${userId}`)
  await revokeSession(engine.client, session.sessionId)
  await redis.mset({ [`better-auth:${visitor.token()}`]: value, [`better-auth:active-sessions-${userId}`]: list })
  await waitFor(async () => (await redis.exists(`better-auth:${visitor.token()}`)) === 0, {
    what: 'the second removal',
  })
  await waitFor(async () => (await listOf(userId)).length === 0, { what: 'the list without it' })
  expect(await visitor.whoAmI()).toBeNull()
})

test('lists and verifications are counted as what they are, and are no problem', async () => {
  await redis.set('better-auth:verification:reset-password:x', '{"value":"x"}')
  await signedUp('dave')
  const others = () =>
    engine.client.system
      .sessionStores()
      .then(({ places }) => places.find(({ prefix }) => prefix === 'better-auth:')?.others)
  await waitFor(async () => (await others())?.some(({ what }) => what === 'verifications'), { what: 'the count' })
  for await (const { problems } of await engine.client.system.live()) {
    expect(problems.filter(({ reason }) => reason.startsWith('not mirrored'))).toEqual([])
    break
  }
})
