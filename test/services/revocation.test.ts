import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAdminTrail, type AdminTrail } from '../../src/main/engine/admin-trail.ts'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import type { RedisCommands, RedisConnection } from '../../src/main/engine/redis/connection.ts'
import { openRedis } from '../../src/main/engine/redis/open.ts'
import type { LiveKey, RevocationDeps } from '../../src/main/engine/revocation/deps.ts'
import { createRevocations, type Execution, type Revocations } from '../../src/main/engine/revocation/revocations.ts'
import { createSignals, type SignalBus } from '../../src/main/engine/signals.ts'
import { SessionId, type RedisKey } from '../../src/shared/model/ids.ts'
import type { RevocationPlan, SessionOutcome } from '../../src/shared/model/revocation.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'

const log = pino({ level: 'silent' })
const reason = { code: 'compromised', text: 'phished on Friday' } as const
const hashOf = (liveId: string) => SessionId.parse(`hash-of-${liveId}`)
const keyOf = (liveId: string) => `session:${liveId}` as RedisKey

let redis: RedisConnection
let client: RedisCommands
let database: Database
let trail: AdminTrail
let signals: SignalBus
let deps: RevocationDeps
let revocations: Revocations

beforeAll(async () => {
  const config = ConfigSchema.parse({
    redis: { url: (await startRedis()).url },
    postgres: { url: (await createTestDatabase()).url },
    revocation: { guardMs: 1_500 },
  })
  redis = openRedis(config.redis, log)
  database = openDatabase(config.postgres, log)
  await Promise.all([redis.ready(), database.ready()])
  client = redis.client
  trail = createAdminTrail(database, 'analyst')
  signals = createSignals()
  deps = {
    redis,
    database,
    config,
    signals,
    log,
    trail,
    problems: new Problems(),
    actor: 'analyst',
    resolveKeys: async (ids) =>
      new Map(
        ids.map((id): [SessionId, LiveKey] => [
          id,
          { key: keyOf(id.slice('hash-of-'.length)), profile: 'plain-json', steps: [] },
        ]),
      ),
    stepsOf: async () => [],
    sessionOfKey: (key) => hashOf(key.slice('session:'.length)),
    liveIdOf: (key) => key.slice('session:'.length),
    profileRevocation: () => ({ publishesForceLogout: true, doesNotEnd: ['Signed access tokens until they expire.'] }),
  }
  revocations = createRevocations(deps)
})
afterAll(async () => {
  await revocations.guard.stop()
  await Promise.all([redis.close(), database.close()])
})
beforeEach(async () => {
  await client.flushall()
  await database.query('TRUNCATE redis_sync_sessions, audit_sessions, admin_session_actions, inferred_boundaries')
})

async function giveSessions(userId: string, ...liveIds: string[]): Promise<void> {
  for (const liveId of liveIds) {
    await client.set(keyOf(liveId), JSON.stringify({ session_id: liveId, user_id: userId }))
    await database.query(
      `INSERT INTO redis_sync_sessions (session_id, user_id, profile, country, ip_address, first_seen, last_seen)
       VALUES ($1, $2, 'plain-json', 'DE', '198.18.0.7', now(), now())`,
      [hashOf(liveId), userId],
    )
  }
}

async function outcomesOf(plan: RevocationPlan, more: Partial<Execution> = {}): Promise<SessionOutcome[]> {
  const outcomes: SessionOutcome[] = []
  for await (const step of revocations.execute({ planId: plan.planId, reason, confirmCount: plan.count, ...more })) {
    if (step.outcome !== null) outcomes.push(step.outcome)
  }
  return outcomes
}

describe('a plan', () => {
  test('freezes who is meant, and says what will not end', async () => {
    await giveSessions('alice', 'a1', 'a2')
    await giveSessions('bob', 'b1')
    const plan = await revocations.plan({ kind: 'user', userId: 'alice' })
    expect(plan).toMatchObject({
      count: 2,
      users: ['alice'],
      countries: ['DE'],
      willNotEnd: ['Signed access tokens until they expire.'],
    })
    await giveSessions('alice', 'a3')
    expect((await outcomesOf(plan)).map(({ sessionId }) => sessionId).toSorted()).toEqual([hashOf('a1'), hashOf('a2')])
    expect(await client.keys('session:*')).toEqual(expect.arrayContaining(['session:a3', 'session:b1']))
  })

  test('for nobody is NOT_FOUND', async () => {
    await expect(revocations.plan({ kind: 'user', userId: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('an execution', () => {
  test('needs a reason, the right count, a plan that was not used; else nothing happens', async () => {
    await giveSessions('alice', 'a1')
    const plan = await revocations.plan({ kind: 'session', sessionId: hashOf('a1') })
    const execute = (more: Partial<Execution>) => () =>
      revocations.execute({ planId: plan.planId, reason, confirmCount: 1, ...more })
    expect(execute({ reason: { code: 'other', text: '  ' } })).toThrow(
      expect.objectContaining({ code: 'REASON_REQUIRED' }),
    )
    expect(execute({ confirmCount: 2 })).toThrow(expect.objectContaining({ code: 'CONFIRMATION_MISMATCH' }))
    expect(await client.exists('session:a1')).toBe(1)
    expect(await trail.list(10)).toEqual([])
    await outcomesOf(plan)
    expect(execute({})).toThrow(expect.objectContaining({ code: 'PLAN_EXPIRED' }))
  })

  test('is on record before and after, tells the application, ends the row, stores one event', async () => {
    await giveSessions('alice', 'a1')
    const heard: string[] = []
    const listener = redis.dedicated('test')
    await listener.subscribe('force_logout')
    listener.on('message', (_channel, message) => heard.push(message))
    const revoked: unknown[] = []
    signals.once('revoked', (sessions) => revoked.push(...sessions))

    const plan = await revocations.plan({ kind: 'session', sessionId: hashOf('a1') })
    expect(await outcomesOf(plan)).toEqual([
      { sessionId: hashOf('a1'), userId: 'alice', outcome: 'verified', detail: null },
    ])

    await waitFor(() => heard.length === 1, { what: 'the word on force_logout' })
    expect(JSON.parse(heard[0] ?? '')).toMatchObject({
      session_id: 'a1',
      user_id: 'alice',
      reason: 'phished on Friday',
    })
    expect(revoked).toMatchObject([{ sessionId: hashOf('a1'), key: 'session:a1' }])
    const [after, before] = await trail.list(10)
    expect(before).toMatchObject({
      action: 'revoke_session',
      outcome: 'attempted',
      adminId: 'analyst',
      reason: 'phished on Friday',
      targetUser: 'alice',
    })
    expect(after).toMatchObject({ outcome: 'done', details: { attempt: before?.id, counts: { verified: 1 } } })
    expect(await database.query('SELECT end_reason FROM redis_sync_sessions')).toEqual([{ end_reason: 'revoked' }])
    const events = await database.query('SELECT event_type, user_id, session_id, source FROM audit_sessions')
    expect(events).toEqual([{ event_type: 'revoked', user_id: 'alice', session_id: hashOf('a1'), source: 'gatehouse' }])
    const everything = JSON.stringify(await database.query('SELECT * FROM admin_session_actions, audit_sessions'))
    expect(everything).not.toContain('session:a1')
    listener.disconnect()
  })

  test('goes on to its end when nobody listens any more', async () => {
    await giveSessions('alice', ...Array.from({ length: 40 }, (_, n) => `many${n}`))
    const plan = await revocations.plan({ kind: 'user', userId: 'alice' })
    for await (const step of revocations.execute({ planId: plan.planId, reason, confirmCount: 40 })) {
      expect(step.total).toBe(40)
      break
    }
    await waitFor(async () => (await trail.list(1))[0]?.outcome === 'done', { what: 'the outcome on record' })
    expect(await client.keys('session:*')).toEqual([])
  })

  test('touches nothing when it cannot be put on record', async () => {
    await giveSessions('alice', 'a1')
    const broken = createRevocations({
      ...deps,
      trail: { ...trail, record: () => Promise.reject(new Error('disk full')) },
    })
    const plan = await broken.plan({ kind: 'session', sessionId: hashOf('a1') })
    await expect(broken.execute({ planId: plan.planId, reason, confirmCount: 1 }).next()).rejects.toThrow('disk full')
    expect(await client.exists('session:a1')).toBe(1)
  })

  test('says absent for what had left, failed for what Redis did not answer', async () => {
    await giveSessions('alice', 'a1')
    const plan = await revocations.plan({ kind: 'session', sessionId: hashOf('a1') })
    await client.del('session:a1')
    expect(await outcomesOf(plan)).toMatchObject([{ outcome: 'absent' }])

    await giveSessions('carol', 'c1')
    const failing = createRevocations({ ...deps, resolveKeys: () => Promise.reject(new Error('Redis went away')) })
    const second = await failing.plan({ kind: 'user', userId: 'carol' })
    const steps = []
    for await (const step of failing.execute({ planId: second.planId, reason, confirmCount: 1 }))
      steps.push(step.outcome)
    expect(steps).toMatchObject([{ outcome: 'failed', detail: 'Redis went away' }])
    expect((await trail.list(1))[0]).toMatchObject({ outcome: 'failed' })
    expect(
      await database.query("SELECT 1 FROM redis_sync_sessions WHERE user_id = 'carol' AND ended_at IS NULL"),
    ).toHaveLength(1)
  })
})

describe('the guard', () => {
  test('removes a session that is saved again, counts it, puts it on record; lets it live after the guard time', async () => {
    await giveSessions('alice', 'a1')
    await outcomesOf(await revocations.plan({ kind: 'session', sessionId: hashOf('a1') }))
    const guard = revocations.guard
    await client.set('session:a1', 'saved again')
    expect(await guard.look()).toBe(1)
    expect(await client.exists('session:a1')).toBe(0)
    await client.set('session:a1', 'and again')
    guard.start()
    await waitFor(async () => (await client.exists('session:a1')) === 0, { what: 'the second removal' })
    expect(await guard.list()).toMatchObject([{ sessionId: hashOf('a1'), returns: 2 }])
    await waitFor(
      async () => (await trail.list(10)).filter(({ action }) => action === 'revoke_returned').length === 2,
      { what: 'both returns on record' },
    )
    expect(guard.returnedSessions()).toBe(2)
    const events = await database.query(
      "SELECT metadata->>'returns' AS n FROM audit_sessions WHERE event_type = 'token_reuse' ORDER BY n",
    )
    expect(events).toEqual([{ n: '1' }, { n: '2' }])

    await waitFor(async () => (await guard.list()).length === 0, { what: 'the end of the guard time' })
    await client.set('session:a1', 'a new life')
    await guard.stop()
    expect(await guard.look()).toBe(0)
    expect(await client.exists('session:a1')).toBe(1)
  })

  test('goes on in another engine: the tombstones lie in Redis', async () => {
    await giveSessions('alice', 'a1')
    await outcomesOf(await revocations.plan({ kind: 'session', sessionId: hashOf('a1') }))
    await client.set('session:a1', 'saved again')
    expect(await createRevocations(deps).guard.look()).toBe(1)
  })
})

describe('the trail of admin acts', () => {
  test('is a chain: a changed, removed or inserted row shows', async () => {
    const act = {
      action: 'test',
      reason: 'because',
      targetUser: null,
      sessionId: null,
      outcome: 'done',
      details: { b: 1, a: ['x', { z: 1, y: 'NUL \0' }] },
    }
    await Promise.all(Array.from({ length: 12 }, () => trail.record(act)))
    expect((await trail.list(100)).map(({ id }) => id)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(await trail.verify()).toEqual({ rows: 12, brokenAt: null })
    await database.query(`UPDATE admin_session_actions SET reason = 'another' WHERE id = 7`)
    expect(await trail.verify()).toEqual({ rows: 6, brokenAt: 7 })
    await database.query(`UPDATE admin_session_actions SET reason = 'because' WHERE id = 7`)
    expect(await trail.verify()).toEqual({ rows: 12, brokenAt: null })
    await database.query('DELETE FROM admin_session_actions WHERE id = 3')
    expect(await trail.verify()).toEqual({ rows: 2, brokenAt: 4 })
  })
})
