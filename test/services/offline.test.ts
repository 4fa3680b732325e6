import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAdminTrail } from '../../src/main/engine/admin-trail.ts'
import { createFiller, type Filler } from '../../src/main/engine/offline/filler.ts'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { cacheSearchStore } from '../../src/main/engine/search/cache-store.ts'
import { postgresSearchStore } from '../../src/main/engine/search/postgres-store.ts'
import { createSearch, type Search } from '../../src/main/engine/search/search.ts'
import { createSignals } from '../../src/main/engine/signals.ts'
import { createCache, type Cache } from '../../src/main/engine/sqlite/cache.ts'
import { openCacheFile } from '../../src/main/engine/sqlite/open.ts'
import { createSuppressions } from '../../src/main/engine/watch/suppressions.ts'
import { triageAlerts } from '../../src/main/engine/watch/triage.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import { EventId, type AlertId, type SessionId } from '../../src/shared/model/ids.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'
import { corpusSessions, nowMs, storedSessionId } from './search-corpus.ts'
import { storeEvents, storeSessions } from './search-stores.ts'

const log = pino({ level: 'silent' })
const dayMs = 86_400_000
const never = new AbortController().signal
const nobody = () => undefined

/** A server of this file's own: an open transaction of another file would hold up the feed. */
let server: string
let url: string
let database: Database
let cacheFile: string
let cache: Cache
let problems: Problems
let signals: ReturnType<typeof createSignals>
const fillers: Filler[] = []

beforeAll(async () => {
  server = (await startPostgres()).url
})
beforeEach(async () => {
  ;({ url } = await createTestDatabase({ server }))
  database = openDatabase({ url, maxConnections: 4 }, log)
  await database.ready()
  cacheFile = path.join((await createTempDir()).path, 'cache.sqlite')
  cache = createCache(openCacheFile(cacheFile).database)
  problems = new Problems()
  signals = createSignals()
})
afterEach(async () => {
  for (const running of fillers.splice(0)) await running.stop()
  cache.close()
  await database.close()
})

function filler(): Filler {
  const config = { cache: { maxAgeDays: 7, maxBytes: 1 << 29 } }
  const made = createFiller({
    database,
    cache,
    config,
    problems,
    log,
    now: () => nowMs,
    onSeen: nobody,
    onFilled: nobody,
  })
  fillers.push(made)
  return made
}

function search(from: Filler): Search {
  const stores = { postgres: postgresSearchStore(database), cache: cacheSearchStore(cache.reader, from.asOf) }
  return createSearch({ ...stores, sessionIds: { sought: storedSessionId }, now: () => nowMs })
}

const event = (id: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  ...blankEvent({
    eventId: EventId.parse(id),
    createdAt: new Date(nowMs - 1_000),
    kind: 'session',
    type: 'session_check',
    source: 'queue',
  }),
  ...more,
})

const cachedIds = () =>
  cache.reader
    .prepare<[], { event_id: string }>('SELECT event_id FROM events ORDER BY event_id')
    .all()
    .map((row) => row.event_id)

describe('an empty cache', () => {
  test('begins with what is stored: events, sessions, alerts and the references to their events', async () => {
    const evidence = [event('e1', { userId: 'alice' }), event('e2', { ipAddress: '10.0.0.1' })]
    await storeEvents(database, evidence)
    await storeSessions(database, corpusSessions().slice(0, 5))
    await insertAlert('a1', evidence)
    const filling = filler()
    expect(filling.asOf()).toBeNull()
    await filling.fillOnce(never)
    expect(cachedIds()).toEqual(['e1', 'e2'])
    const [alert] = cache.alerts()
    expect(alert).toMatchObject({
      alertId: 'a1',
      entity: 'alice',
      timespanMs: 60_000,
      attack: ['t1110'],
      closedAt: null,
    })
    expect(cache.alert('a1' as AlertId)?.events).toEqual(
      evidence.map(({ eventId, createdAt }) => ({ eventId, createdAt })),
    )
    expect(filling.asOf()).toEqual(new Date(nowMs))
    expect(cache.status()).toMatchObject({ events: 2, newestAt: evidence[0]!.createdAt })
    const online = await search(filling).sessions({ query: '', limit: 10, cursor: null })
    await goAway()
    const offline = await search(filling).sessions({ query: '', limit: 10, cursor: null })
    expect(offline.rows).toEqual(online.rows)
    expect(offline.origin).toEqual({ store: 'cache', asOf: new Date(nowMs) })
    await comeBack()
  })

  test('takes the newest 50,000 events at first, and no older ones than it is to keep', async () => {
    await database.query(
      `INSERT INTO audit_logs (event_id, action, created_at, source)
       SELECT 'n' || n, 'bulk', $1::timestamptz - n * interval '1 second', 'queue' FROM generate_series(1, 50100) AS n`,
      [new Date(nowMs)],
    )
    await storeEvents(database, [event('ancient', { createdAt: new Date(nowMs - 8 * dayMs) })])
    const filling = filler()
    await filling.fillOnce(never)
    const ids = new Set(cachedIds())
    expect(ids.size).toBe(50_000)
    expect([ids.has('n1'), ids.has('n50000'), ids.has('n50001'), ids.has('ancient')]).toEqual([
      true,
      true,
      false,
      false,
    ])
    await storeEvents(database, [event('next'), event('late and old', { createdAt: new Date(nowMs - 9 * dayMs) })])
    await filling.fillOnce(never)
    expect(cachedIds()).toHaveLength(50_001)
    expect(cachedIds()).toContain('next')
  })
})

describe('a cache that follows', () => {
  test('misses no transaction that commits late', async () => {
    const filling = filler()
    await filling.fillOnce(never)
    const late = new Client({ connectionString: url })
    await late.connect()
    await late.query('BEGIN')
    await late.query(
      `INSERT INTO audit_logs (event_id, action, created_at, source) VALUES ('late', 'x', $1, 'queue')`,
      [new Date(nowMs - 5_000)],
    )
    await late.query(
      `INSERT INTO redis_sync_sessions (session_id, profile, first_seen, last_seen) VALUES ('late', 'plain', $1, $1)`,
      [new Date(nowMs - 5_000)],
    )
    await noteStored(late)
    await storeEvents(database, [event('prompt')])
    await storeSessions(database, corpusSessions().slice(0, 1))
    await filling.fillOnce(never)
    await late.query('COMMIT')
    await late.end()
    await filling.fillOnce(never)
    expect(cachedIds()).toEqual(['late', 'prompt'])
    expect(sessionRows().map(({ session_id }) => session_id)).toEqual(['late', storedSessionId('live 0')].toSorted())
  })

  test('goes on where it was after a restart, without reading again what it has', async () => {
    await storeEvents(database, [event('e1'), event('e2')])
    await filler().fillOnce(never)
    cache.reader.exec(`DELETE FROM events WHERE event_id = 'e1'`)
    cache.close()
    cache = createCache(openCacheFile(cacheFile).database)
    await storeEvents(database, [event('e3')])
    await filler().fillOnce(never)
    expect(cachedIds()).toEqual(['e2', 'e3'])
  })

  test('begins anew on a store that was set up anew', async () => {
    cache.setMeta('offline.events', JSON.stringify({ tx: '999999999999', after: null }))
    await storeEvents(database, [event('e1')])
    await filler().fillOnce(never)
    expect(cachedIds()).toEqual(['e1'])
  })

  test('drops what the mirror had inferred once the application reports it', async () => {
    const session = { sessionId: storedSessionId('one'), type: 'login' }
    await storeEvents(database, [event('inferred', { ...session, source: 'mirror' }), event('other')])
    await filler().fillOnce(never)
    expect(cachedIds()).toEqual(['inferred', 'other'])
    await storeEvents(database, [event('reported', session)])
    await filler().fillOnce(never)
    expect(cachedIds()).toEqual(['other', 'reported'])
  })

  test('sees sessions change and end, whatever their own times say', async () => {
    await storeSessions(database, corpusSessions().slice(0, 3))
    await filler().fillOnce(never)
    const changed = storedSessionId('live 1')
    await database.query(
      `UPDATE redis_sync_sessions SET ended_at = $2, end_reason = 'revoked', api_call_count = 77, last_seen = '2001-01-01'
       WHERE session_id = $1`,
      [changed, new Date(nowMs)],
    )
    await filler().fillOnce(never)
    expect(sessionRows().find(({ session_id }) => session_id === changed)).toMatchObject({
      api_call_count: 77,
      end_reason: 'revoked',
      ended_at_ms: nowMs,
    })
    expect(sessionRows()).toHaveLength(3)
  })

  test('sees alerts grow and go', async () => {
    const [first, second] = [event('e1'), event('e2')]
    await insertAlert('grows', [first])
    await insertAlert('goes', [first])
    await filler().fillOnce(never)
    await database.query(`UPDATE alerts SET event_count = 2, state = 'acknowledged' WHERE alert_id = 'grows'`)
    await database.query(`INSERT INTO alert_events VALUES ('grows', $1, $2)`, [second.eventId, second.createdAt])
    await database.query(`DELETE FROM alerts WHERE alert_id = 'goes'`)
    await filler().fillOnce(never)
    expect(cache.alerts()).toMatchObject([{ alertId: 'grows', eventCount: 2, state: 'acknowledged' }])
    expect(cache.alert('grows' as AlertId)?.events).toHaveLength(2)
  })

  test('sees what people do with alerts, and what rules are to leave out', async () => {
    await insertAlert('judged', [event('e1')])
    await filler().fillOnce(never)
    const suppressions = createSuppressions({
      database,
      cache,
      signals,
      trail: createAdminTrail(database, 'carol'),
      actor: 'carol',
      asOf: () => null,
      sought: (typed) => typed,
      networksOf: () => [],
      rules: () => [],
    })
    const input = { kind: 'user', pattern: 'alice', ruleId: null, reason: 'a drill', forcedReason: null } as const
    const made = await suppressions.create({ ...input, expiresAt: new Date(Date.now() + dayMs) })
    const act = { action: 'close', verdict: 'benign', comment: 'a drill' } as const
    const triage = { database, signals, trail: createAdminTrail(database, 'carol'), actor: 'carol' }
    await triageAlerts(triage, { alerts: [{ alertId: 'judged' as AlertId, revision: 0 }], act })
    await filler().fillOnce(never)
    expect(cache.alert('judged' as AlertId)).toMatchObject({
      alert: { state: 'closed', verdict: 'benign', revision: 1 },
      history: [{ actor: 'carol', action: 'close', comment: 'a drill', at: expect.any(Date) as Date }],
    })
    expect(cache.suppressions()).toEqual([made])
    await suppressions.end({ suppressionId: made.suppressionId, reason: 'over' })
    await filler().fillOnce(never)
    expect(cache.suppressions()).toMatchObject([{ state: 'ended', endedBy: 'carol' }])
  })

  test('leaves out a row that it cannot hold, says so, and goes on', async () => {
    const [broken, ...others] = corpusSessions().slice(0, 3)
    await storeSessions(database, [broken!, ...others])
    await database.query(`UPDATE redis_sync_sessions SET api_call_count = 9223372036854775807 WHERE session_id = $1`, [
      broken!.sessionId,
    ])
    await filler().fillOnce(never)
    expect(sessionRows().map(({ session_id }) => session_id)).toEqual(
      others.map(({ sessionId }) => sessionId).toSorted(),
    )
    expect(problems.list()).toMatchObject([
      { area: 'cache', reason: 'a session that the cache cannot hold', count: 1, examples: [broken!.sessionId] },
    ])
  })
})

describe('while it runs', () => {
  test('a failure is shown, and it goes on by itself when that is mended', async () => {
    await database.query('ALTER TABLE alerts RENAME TO mislaid')
    filler().start()
    await waitFor(() => problems.list().length > 0, { what: 'the failure to be shown' })
    expect(problems.list()).toMatchObject([{ area: 'cache', reason: 'the cache could not be filled' }])
    expect(problems.list()[0]?.examples.join()).toContain('"alerts" does not exist')
    await database.query('ALTER TABLE mislaid RENAME TO alerts')
    await insertAlert('found again', [])
    await waitFor(() => cache.alertIds().length === 1, { what: 'the alert in the cache' })
  })

  test('it follows what is stored, waits while PostgreSQL is away, and goes on by itself', async () => {
    const filling = filler()
    filling.start()
    await storeEvents(database, [event('before')])
    filling.look()
    await waitFor(() => cachedIds().includes('before'), { what: 'the first event in the cache' })
    const page = { query: '', limit: 10, cursor: null }
    expect((await search(filling).events(page)).origin.store).toBe('postgres')

    await goAway()
    const offline = await search(filling).events(page)
    expect(offline.origin.store).toBe('cache')
    expect(offline.rows.map(({ eventId }) => eventId)).toEqual(['before'])

    await comeBack()
    await waitFor(() => database.state().status === 'connected', { what: 'PostgreSQL to be back', timeoutMs: 20_000 })
    expect((await search(filling).events(page)).origin.store).toBe('postgres')
    await storeEvents(database, [event('after')])
    await waitFor(() => cachedIds().includes('after'), { what: 'the event after the return in the cache' })
    expect(problems.list()).toEqual([])
  })
})

async function insertAlert(alertId: string, events: readonly AuditEvent[]): Promise<void> {
  const at = new Date(nowMs)
  await database.query(
    `INSERT INTO alerts (alert_id, rule_id, rule_version, title, severity, entity_kind, entity, window_start, window_end,
       value, threshold, timespan_ms, event_count, summary, attack)
     VALUES ($1, 'rule', '1', 'Brute force', 'medium', 'user', 'alice', $2, $2, 6, 5, 60000, $3, 'why', '{t1110}')`,
    [alertId, at, events.length],
  )
  for (const { eventId, createdAt } of events) {
    await database.query('INSERT INTO alert_events VALUES ($1, $2, $3)', [alertId, eventId, createdAt])
  }
}

/** What writeEvents() does for readers of the feed. */
async function noteStored(client: Client): Promise<void> {
  const at = new Date(nowMs - 5_000).toISOString()
  await client.query(
    `INSERT INTO stored_transactions (tx, events, spans)
     VALUES (pg_current_xact_id()::text::bigint, 1, tstzmultirange(tstzrange($1, $1, '[]')))`,
    [at],
  )
}

const sessionRows = () =>
  cache.reader
    .prepare<
      [],
      { session_id: SessionId; api_call_count: number; end_reason: string | null; ended_at_ms: number | null }
    >('SELECT session_id, api_call_count, end_reason, ended_at_ms FROM sessions ORDER BY session_id')
    .all()

/** The server lets nobody into this database any more, and ends who is in. */
async function goAway(): Promise<void> {
  await asAdmin(async (admin, name) => {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
  })
  await waitFor(() => database.state().status !== 'connected', { what: 'PostgreSQL to be away' })
}

const comeBack = () => asAdmin((admin, name) => admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`))

async function asAdmin<T>(work: (admin: Client, name: string) => Promise<T>): Promise<T> {
  const address = new URL(url)
  const name = address.pathname.slice(1)
  address.pathname = '/postgres'
  const admin = new Client({ connectionString: address.href, application_name: `admin ${randomUUID()}` })
  await admin.connect()
  try {
    return await work(admin, name)
  } finally {
    await admin.end()
  }
}
