import { beforeAll, expect, test } from 'vitest'
import type { Session } from '../../src/shared/model/session.ts'
import { startEngine, type TestEngine } from '../helpers/engine.ts'
import { startExpressApplication, type Visitor } from '../helpers/express-application.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'

let engine: TestEngine
let application: Awaited<ReturnType<typeof startExpressApplication>>

beforeAll(async () => {
  const redis = await startRedis()
  application = await startExpressApplication(redis.url)
  engine = await startEngine({
    redis: { url: redis.url },
    postgres: { url: (await createTestDatabase()).url },
    revocation: { guardMs: 20_000 },
  })
})

/** Logs in over HTTP and waits until Gatehouse shows the session. */
async function logIn(userId: string): Promise<{ visitor: Visitor; session: Session }> {
  const visitor = application.visitor(userId)
  expect(await visitor.logIn()).toBe(204)
  expect(await visitor.visit()).toBe(200)
  const find = async () => (await engine.client.sessions.search({ query: `user:${userId} state:live` })).rows[0]
  return { visitor, session: await waitFor(find, { what: `the session of ${userId}` }) }
}

async function revoke(session: Session): Promise<string[]> {
  const plan = await engine.client.revocations.plan({ target: { kind: 'session', sessionId: session.sessionId } })
  const outcomes = []
  const reason = { code: 'compromised', text: 'stolen laptop' } as const
  for await (const { outcome } of await engine.client.revocations.execute({
    planId: plan.planId,
    reason,
    confirmCount: 1,
  })) {
    if (outcome !== null) outcomes.push(outcome.outcome)
  }
  return outcomes
}

test('a session that is revoked gets 401 from then on; the others stay', async () => {
  const [alice, bob] = [await logIn('alice'), await logIn('bob')]
  expect(alice.session).toMatchObject({ profile: 'connect-redis', userId: 'alice', endedAt: null })
  expect(await revoke(alice.session)).toEqual(['verified'])
  expect(await alice.visitor.visit()).toBe(401)
  expect(await alice.visitor.visit()).toBe(401)
  expect(await bob.visitor.visit()).toBe(200)
  const { session, timeline } = await engine.client.sessions.get({ sessionId: alice.session.sessionId })
  expect(session.endReason).toBe('revoked')
  expect(timeline.filter(({ type }) => type === 'revoked')).toHaveLength(1)
  expect(timeline.filter(({ type }) => type === 'logout')).toHaveLength(0)
})

test('a request in flight that saves the session again changes nothing: it is removed again, and shown', async () => {
  const { visitor, session } = await logIn('carol')
  const slow = visitor.visitSlowly()
  // The request must have loaded its session before that is revoked.
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await revoke(session)).toEqual(['verified'])
  slow.release()
  expect(await slow.answered).toBe(200)
  const guarded = await waitFor(
    async () =>
      (await engine.client.revocations.guarded()).find((one) => one.sessionId === session.sessionId && one.returns > 0),
    { what: 'the return under guard' },
  )
  expect(guarded.returns).toBe(1)
  expect(await visitor.visit()).toBe(401)
  const timeline = await waitFor(
    async () => {
      const found = await engine.client.sessions.get({ sessionId: session.sessionId })
      return found.timeline.some(({ type }) => type === 'token_reuse') ? found.timeline : null
    },
    { what: 'the return in the timeline' },
  )
  expect(timeline.map(({ type }) => type)).toContain('revoked')
  const acts = await engine.client.revocations.actions({ limit: 10 })
  expect(acts.map(({ action }) => action)).toContain('revoke_returned')
})
