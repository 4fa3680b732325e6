import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { Look, type Readings } from '../../src/main/engine/observe/observer.ts'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { createSignals } from '../../src/main/engine/signals.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import type { EventId, SessionId } from '../../src/shared/model/ids.ts'
import { startEngine } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'

const log = pino({ level: 'silent' })
let database: Database

beforeAll(async () => {
  const { url } = await createTestDatabase()
  database = openDatabase(ConfigSchema.parse({ postgres: { url } }).postgres, log)
  await database.ready()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.query('TRUNCATE audit_sessions, audit_logs, redis_sync_sessions, inferred_boundaries')
})

/** Partitions are there for days around now. */
const startMs = Math.floor(Date.now() / 60_000) * 60_000
const at = (seconds: number): Date => new Date(startMs + seconds * 1_000)

const calm: Readings = {
  redisConnected: true,
  liveSessions: 100,
  mirroredAt: null,
  redisP95Ms: 1,
  waiting: 0,
  failedItems: 0,
  retriedBatches: 0,
  droppedEvents: 0,
  deadLetters: 0,
}

/** An observer whose readings the test says. */
function observer() {
  const signals = createSignals()
  const told: AuditEvent[] = []
  signals.on('stored', (events) => told.push(...events))
  const problems = new Problems()
  let readings = calm
  const look = new Look({ database, signals, problems, log, readings: () => readings })
  return {
    told,
    problems,
    revoked: look.revoked,
    async see(seconds: number, change: Partial<Readings> = {}): Promise<void> {
      readings = { ...calm, ...change }
      await look.at(at(seconds))
    },
  }
}

let serial = 0
function happened(seconds: number, type: string, facts: Partial<AuditEvent> = {}): AuditEvent {
  const eventId = `t${++serial}` as EventId
  const sessionId = `s${serial}` as SessionId
  const base = blankEvent({ eventId, createdAt: at(seconds), kind: 'session', type, source: 'queue' })
  return { ...base, sessionId, userId: 'alice', ...facts }
}
const store = (events: readonly AuditEvent[]) => database.transaction((tx) => writeEvents(tx, events))
const stored = () =>
  database.query<{ action: string; details: Record<string, unknown>; event_id: string }>(
    `SELECT action, details, event_id FROM audit_logs WHERE source = 'gatehouse' ORDER BY created_at, event_id`,
  )

describe('sessions that vanish', () => {
  test('are a drop, told once, where nothing explains them', async () => {
    const { see, told } = observer()
    await see(0)
    await see(5, { liveSessions: 50 })
    await see(10, { liveSessions: 50 })
    await see(15, { liveSessions: 50 })
    expect(told.map(({ type, category }) => [type, category])).toEqual([['session_drop', 'critical']])
    expect(await stored()).toMatchObject([
      { action: 'session_drop', details: { from: 100, to: 50, explained: 0, drop_percent: 50 } },
    ])
  })

  test.each([
    ['logged out', 'logout', 'queue' as const],
    ['were revoked', 'revoked', 'gatehouse' as const],
    ['expired', 'expired', 'mirror' as const],
  ])('are none where they %s', async (_, type, source) => {
    const { see, told } = observer()
    await see(0)
    await store(Array.from({ length: 45 }, () => happened(3, type, { source })))
    await see(5, { liveSessions: 50 })
    await see(10, { liveSessions: 50 })
    expect(told).toEqual([])
  })

  test('are a drop although the mirror calls each of them a logout: that is inferred from nothing', async () => {
    const { see, told } = observer()
    await see(0)
    await store(Array.from({ length: 50 }, () => happened(3, 'logout', { source: 'mirror' })))
    await see(5, { liveSessions: 50 })
    await see(10, { liveSessions: 50 })
    expect(told).toHaveLength(1)
  })

  test('are none where Redis is away, or the mirror begins again', async () => {
    const { see, told } = observer()
    await see(0)
    await see(5, { redisConnected: false, liveSessions: 0 })
    await see(10, { redisConnected: false, liveSessions: 0 })
    await see(15)
    await see(20, { liveSessions: null })
    await see(25, { liveSessions: 1 })
    await see(30, { liveSessions: 1 })
    expect(told).toEqual([])
  })
})

test('logins beside the hour before, also for an observer that has just begun', async () => {
  const quiet = Array.from({ length: 50 }, (_, minute) => happened(-60 * (minute + 1), 'login'))
  const surge = Array.from({ length: 30 }, () => happened(20, 'login'))
  await store([...quiet, ...surge])
  const first = observer()
  await first.see(30)
  await first.see(64)
  expect(first.told).toEqual([])
  await first.see(66)
  expect(first.told.map(({ eventId, createdAt }) => [eventId, createdAt])).toEqual([
    [`obs:login_surge:${at(0).toISOString().slice(0, 16)}`, at(0)],
  ])
  // Another engine takes over within the minute, and says the same: it is the same row.
  const next = observer()
  await next.see(40)
  await next.see(67)
  expect(next.told).toEqual([])
  expect(await stored()).toHaveLength(1)
})

test('sessions that rest and users that call, once each, whoever looks', async () => {
  await database.query(
    `INSERT INTO redis_sync_sessions (session_id, profile, user_id, first_seen, last_seen, last_active, api_call_count)
     SELECT 's' || n, 'plain-json', 'user' || n % 2, now() - interval '9 days', now(), $1::timestamptz - make_interval(hours => n * 24, mins => 10), 0
     FROM generate_series(1, 7) AS n`,
    [at(0)],
  )
  const first = observer()
  await first.see(0)
  expect(first.told.map(({ type, sessionId, metadata }) => [type, sessionId, metadata['hours']])).toEqual([
    ['session_idle', 's1', 24],
    ['session_idle', 's7', 168],
  ])
  const next = observer()
  await next.see(30)
  expect(next.told).toEqual([])
})

test('a revoked session that is live past the grace, as soon as the mirror has looked since', async () => {
  const { see, told, revoked } = observer()
  const event = happened(0, 'revoked', { sessionId: 'back' as SessionId })
  revoked.note([event, happened(0, 'revoked', { sessionId: 'gone' as SessionId })])
  await database.query(
    `INSERT INTO redis_sync_sessions (session_id, profile, user_id, first_seen, last_seen) VALUES ('back', 'plain-json', 'alice', now(), now())`,
  )
  await see(8, { mirroredAt: at(8) })
  await see(14, { mirroredAt: at(5) })
  expect(told).toEqual([])
  await see(15, { mirroredAt: at(14) })
  await see(20, { mirroredAt: at(20) })
  expect(told.map(({ type, sessionId, userId }) => [type, sessionId, userId])).toEqual([
    ['revoked_session_alive', 'back', 'alice'],
  ])
})

test('a whole engine notices that sessions were swept from Redis, and leaves a row among the events', async () => {
  const [redis, postgres] = await Promise.all([startRedis(), createTestDatabase()])
  const keys = Array.from({ length: 60 }, (_, index) => `session:sweep-${index}`)
  const put = () => Promise.all(keys.map((key) => redisCli(redis.url, ['SET', key, JSON.stringify({ user_id: key })])))
  await put()
  const engine = await startEngine({ redis: { url: redis.url }, postgres: { url: postgres.url } })
  // Samples are five seconds apart, and only the observer knows when: the sweep comes again until one lay before it.
  let sweptMs = performance.now()
  let swept = false
  const [first] = await waitFor(
    async () => {
      if (performance.now() - sweptMs > 12_000) {
        swept = !swept
        sweptMs = performance.now()
        await (swept ? redisCli(redis.url, ['DEL', ...keys.slice(20)]) : put())
      }
      const { rows } = await engine.client.events.search({ query: 'type:session_drop' })
      return rows.length > 0 ? rows : null
    },
    { what: 'the drop among the events', timeoutMs: 80_000 },
  )
  expect(first).toMatchObject({ type: 'session_drop', source: 'gatehouse', category: 'critical', kind: 'log' })
}, 100_000)
