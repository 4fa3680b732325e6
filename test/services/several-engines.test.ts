import { beforeAll, expect, test } from 'vitest'
import { startEngine, statusOf, type TestEngine } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { revokeSession } from '../helpers/revoke.ts'
import { waitFor } from '../helpers/wait.ts'

let redisUrl: string
let leader: TestEngine
/** Syncs, too, but does not lead; and one that only looks and acts. */
let follower: TestEngine
let viewer: TestEngine

beforeAll(async () => {
  const [redis, database] = await Promise.all([startRedis(), createTestDatabase()])
  redisUrl = redis.url
  const stores = { redis: { url: redis.url }, postgres: { url: database.url } }
  leader = await startEngine({ ...stores, mirror: { tracking: false, surveyIntervalMs: 250 } })
  await waitFor(async () => (await statusOf(leader.client)).leadership.leads, { what: 'the lead' })
  follower = await startEngine(stores)
  viewer = await startEngine({ ...stores, workspace: { role: 'view' } })
})

const push = (event: object) => redisCli(redisUrl, ['-x', 'RPUSH', 'audit:queue'], JSON.stringify(event))
const addSession = (id: string, userId: string, lastActive = new Date()) => {
  const value = JSON.stringify({ user_id: userId, last_active: lastActive.toISOString() })
  return redisCli(redisUrl, ['SET', `session:${id}`, value, 'EX', '600'])
}
const sessionOf = ({ client }: TestEngine, userId: string) =>
  waitFor(async () => (await client.sessions.search({ query: `user:${userId}` })).rows[0], {
    what: `the session of ${userId}`,
  })

test('each engine names the leader, and only the leader mirrors', async () => {
  const { leader: name, since } = (await statusOf(leader.client)).leadership
  for (const { client } of [follower, viewer]) {
    const named = async () => (await statusOf(client)).leadership.leader !== null
    await waitFor(named, { what: 'the name of the leader' })
    const { leadership, mirror, counters } = await statusOf(client)
    expect(leadership).toEqual({ leads: false, leader: name, since })
    expect(mirror.lastReconcileAt).toBeNull()
    expect(counters.reconciles).toBe(0)
  }
})

test('an engine that does not mirror counts the live sessions, and says which are active', async () => {
  await addSession('now', 'anna')
  await addSession('some-time', 'anna', new Date(Date.now() - 20 * 60_000))
  await addSession('long-ago', 'anna', new Date(Date.now() - 3 * 3_600_000))
  for (const { client } of [leader, follower, viewer]) {
    const counted = async () => {
      const { mirror, statusSplit, sample } = await statusOf(client)
      const { active, recent, idle } = statusSplit ?? {}
      return mirror.liveSessions === 3 && sample.activeSessions === 3 && active === 1 && recent === 1 && idle === 1
    }
    await waitFor(counted, { what: 'three live sessions, one of each status' })
  }
})

test('what one engine stores all others come to show', async () => {
  const before = await Promise.all(
    [leader, follower, viewer].map(async ({ client }) => (await statusOf(client)).revisions),
  )
  for (let n = 0; n < 6; n++) await push({ event_type: 'failed_login', user_id: 'dora', event_id: `dora-${n}` })
  for (const [n, { client }] of [leader, follower, viewer].entries()) {
    const grown = async () => {
      const { revisions } = await statusOf(client)
      return revisions.events > (before[n]?.events ?? 0) && revisions.alerts > (before[n]?.alerts ?? 0)
    }
    await waitFor(grown, { what: 'the word that there are more events, and an alert' })
    expect((await client.alerts.list({})).rows).toMatchObject([{ entity: 'dora', eventCount: 6 }])
  }
})

test('charts and the live tail of each engine show every event once, whoever stored it', async () => {
  const stop = new AbortController()
  const engines = [leader, follower, viewer]
  const users = engines.map((): string[] => [])
  const tails = engines.map(async ({ client }, n) => {
    const tail = await client.events.tail({ query: 'type:failed_login user:eva*' }, { signal: stop.signal })
    for await (const { events } of tail) users[n]?.push(...events.map(({ userId }) => userId ?? ''))
  })
  const fromMs = Date.now()
  const expected = Array.from({ length: 40 }, (_, n) => `eva-${10 + n}`)
  for (const user of expected) await push({ event_type: 'failed_login', user_id: user })
  const hasAll = () => users.every((list) => list.length >= expected.length)
  await waitFor(hasAll, { what: 'all events in all tails', timeoutMs: 15_000 })
  for (const [n, { client }] of engines.entries()) {
    expect(users[n]?.toSorted()).toEqual(expected)
    // A rate: how many there were depends on how long a second took.
    const counted = async () => {
      const samples = await client.system.series({ fromMs, toMs: Date.now() })
      return samples.some(({ failuresPerSecond }) => (failuresPerSecond ?? 0) > 0)
    }
    await waitFor(counted, { what: 'them in the chart of failures' })
  }
  stop.abort()
  await Promise.allSettled(tails)
})

test.each(['leader', 'follower', 'viewer'])(
  'a %s finds the live session and revokes it; the mirror takes it for revoked',
  async (who) => {
    const engine = { leader, follower, viewer }[who] ?? leader
    await addSession(`of-${who}`, who)
    const { sessionId } = await sessionOf(engine, who)
    expect((await engine.client.sessions.get({ sessionId })).live).toMatchObject({ type: 'string' })
    expect(await revokeSession(engine.client, sessionId)).toMatchObject([{ outcome: 'verified' }])
    const ended = async () => {
      const { session, timeline } = await leader.client.sessions.get({ sessionId })
      const types = timeline.map(({ type }) => type)
      return session.endReason === 'revoked' && types.includes('revoked') && !types.includes('logout')
    }
    await waitFor(ended, { what: 'the end on record' })
    // Any engine guards it, whoever revoked it.
    await addSession(`of-${who}`, who)
    const isGone = async () => (await redisCli(redisUrl, ['EXISTS', `session:of-${who}`])) === '0'
    await waitFor(isGone, { what: 'the session to be removed again' })
  },
)

test('an engine that does not mirror finds the sessions of a store that appeared after it last looked at all keys', async () => {
  await addSession('before', 'before')
  const { sessionId: before } = await sessionOf(viewer, 'before')
  await redisCli(redisUrl, ['DEL', 'session:before'])
  expect((await viewer.client.sessions.get({ sessionId: before })).live).toBeNull()
  const token = 'aB3'.padEnd(32, 'x')
  const value = { session: { token, userId: 'berta', expiresAt: '2099-01-01T00:00:00Z' }, user: { id: 'berta' } }
  await redisCli(redisUrl, ['SET', `better-auth:${token}`, JSON.stringify(value), 'EX', '600'])
  const { sessionId } = await sessionOf(viewer, 'berta')
  expect((await viewer.client.sessions.get({ sessionId })).live).toMatchObject({ type: 'string' })
  expect(await revokeSession(viewer.client, sessionId)).toMatchObject([{ outcome: 'verified' }])
})

test('sync --once beside a leader drains, and leaves the mirror to it', async () => {
  const { leader: name } = (await statusOf(leader.client)).leadership
  expect(await follower.syncOnce(AbortSignal.timeout(20_000))).toMatchObject({ mirror: null, leader: name })
})

test('a follower that takes over knows what has been mirrored', async () => {
  await leader.stop()
  await waitFor(async () => (await statusOf(follower.client)).leadership.leads, { what: 'the follower to lead' })
  const reconciled = async () => (await statusOf(follower.client)).counters.reconciles > 0
  await waitFor(reconciled, { what: 'a reconcile' })
  const { counters, mirror } = await statusOf(follower.client)
  expect(counters).toMatchObject({ mirroredSessions: 0, changedSessions: 0 })
  expect(mirror.liveSessions).toBe(3)
})
