import { Pool, type PoolClient } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { createFeed, type Feed } from '../../src/main/engine/postgres/feed.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { ensurePartitions } from '../../src/main/engine/postgres/partitions.ts'
import { pruneNotes } from '../../src/main/engine/postgres/prune-notes.ts'
import { feedBeginning, feedEnd, readFeed } from '../../src/main/engine/postgres/read-feed.ts'
import { loadSessionIdKey, readSetting, writeSetting } from '../../src/main/engine/postgres/settings.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import type { EventId, SessionId } from '../../src/shared/model/ids.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { waitFor } from '../helpers/wait.ts'

let db: Database
let pool: Pool
beforeAll(async () => {
  // A server of this file's own: an open transaction of another file would hold up the feed.
  const { url } = await createTestDatabase({ server: (await startPostgres()).url })
  db = openDatabase({ url, maxConnections: 4 }, pino({ level: 'silent' }))
  pool = new Pool({ connectionString: url })
  await db.ready()
})
beforeEach(() =>
  pool.query('TRUNCATE audit_sessions, audit_logs, inferred_boundaries, stored_transactions, gatehouse_settings'),
)
afterAll(() => Promise.all([db.close(), pool.end()]))

const start = Date.parse('2026-11-20T10:00:00.000Z')
const event = (id: string, facts: Partial<AuditEvent> = {}): AuditEvent => ({
  ...blankEvent({
    eventId: id as EventId,
    createdAt: new Date(start),
    kind: 'session',
    type: 'session_check',
    source: 'queue',
  }),
  ...facts,
})
const at = (id: string, time: string): AuditEvent => event(id, { createdAt: new Date(time) })

const store = (...events: AuditEvent[]) => db.transaction((tx) => writeEvents(tx, events))
const names = (events: readonly AuditEvent[]) => events.map(({ eventId }) => String(eventId))

/** A transaction that has stored events and not committed yet. */
async function begin(...events: AuditEvent[]): Promise<PoolClient> {
  const tx = await pool.connect()
  await tx.query('BEGIN')
  await writeEvents(tx, events)
  return tx
}
async function end(tx: PoolClient, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  await tx.query(how)
  tx.release()
}

/** Reads page by page to the end and moves the place. */
async function readAll(feed: Feed, limit = 100): Promise<string[]> {
  const read: string[] = []
  for (;;) {
    const page = await feed.read({ limit })
    read.push(...names(page.events))
    await feed.commit(page.position)
    if (page.done) return read
  }
}
// Autovacuum and other test files have transactions of their own: the end of the feed may be a moment away.
const readUntil = async (feed: Feed, count: number, limit?: number): Promise<string[]> => {
  const read: string[] = []
  await waitFor(async () => (read.push(...(await readAll(feed, limit))), read.length >= count), {
    what: `${count} events`,
  })
  return read
}

test('every field comes back as it was stored', async () => {
  const session = event('a', {
    type: 'login',
    userId: 'alice',
    sessionId: 's' as SessionId,
    ipAddress: '2001:db8::7',
    country: 'DE',
    expiresAt: new Date(start + 1),
    isActive: true,
    metadata: { device: { kind: 'phone' } },
  })
  const log = event('b', {
    kind: 'log',
    type: 'password_change',
    category: 'info',
    ipAddress: '10.0.0.1',
    durationMs: 1.5,
    resourceId: '7',
  })
  await store(session, log)
  const feed = createFeed(db, 'test', { from: 'beginning' })
  await waitFor(async () => (await feed.read({ limit: 10 })).events.length === 2, { what: 'both events' })
  expect((await feed.read({ limit: 10 })).events).toEqual([session, log])
})

test('a transaction that commits later than one that began later is not missed', async () => {
  const feed = createFeed(db, 'test', { from: 'beginning' })
  const early = await begin(event('early'))
  const late = await begin(event('late'))
  await end(late, 'COMMIT')
  expect(await readAll(feed)).toEqual([])
  await end(early, 'COMMIT')
  expect(await readUntil(feed, 2)).toEqual(['early', 'late'])
  expect(await readAll(feed)).toEqual([])
})

test('a transaction that is rolled back leaves no trace', async () => {
  const feed = createFeed(db, 'test', { from: 'beginning' })
  const given = await begin(event('given up'))
  await store(event('kept'))
  await end(given, 'ROLLBACK')
  expect(await readUntil(feed, 1)).toEqual(['kept'])
})

test('a transaction larger than a page is read to its last event, across both tables and equal keys', async () => {
  const events = Array.from({ length: 700 }, (_, index) =>
    event(`e${index % 350}`, { kind: index < 350 ? 'session' : 'log' }),
  )
  await store(...events)
  const feed = createFeed(db, 'test', { from: 'beginning' })
  const read = await readUntil(feed, 700, 33)
  expect(read).toHaveLength(700)
  expect(read.toSorted()).toEqual(names(events).toSorted())
})

test('events of any date come, whatever partition they are in or move to', async () => {
  const feed = createFeed(db, 'test', { from: 'beginning' })
  await store(
    at('past', '1970-01-01T00:00:00Z'),
    at('now', '2026-11-20T00:00:00Z'),
    at('future', '2099-12-31T23:59:59.999Z'),
  )
  await ensurePartitions(db, { fromDay: start / 86_400_000 - 1, toDay: Math.floor(start / 86_400_000) + 1 })
  await store(
    ...Array.from({ length: 40 }, (_, day) => at(`day ${day}`, new Date(start - day * 86_400_000).toISOString())),
  )
  const read = await readUntil(feed, 43, 7)
  expect(read.slice(0, 3)).toEqual(['past', 'now', 'future'])
  expect(new Set(read).size).toBe(43)
})

test('rows that somebody wrote with microseconds do not hold a page up', async () => {
  const feed = createFeed(db, 'test', { from: 'beginning' })
  const tx = await begin(at('from', '2026-11-20T10:00:00.000Z'), at('to', '2026-11-20T10:00:00.002Z'))
  for (const id of ['x', 'y', 'z']) {
    await tx.query(
      `INSERT INTO audit_sessions (event_id, event_type, created_at, source) VALUES ($1, 'login', '2026-11-20T10:00:00.000999Z', 'queue')`,
      [id],
    )
  }
  await end(tx, 'COMMIT')
  expect(await readUntil(feed, 5, 2)).toEqual(['from', 'x', 'y', 'z', 'to'])
})

test('what was superseded before it was read is left out, and the reader goes on', async () => {
  const feed = createFeed(db, 'test', { from: 'beginning' })
  const login = { type: 'login', sessionId: 's' as SessionId }
  await store(event('inferred', { ...login, source: 'mirror' }))
  await store(event('reported', login))
  expect(await readUntil(feed, 1, 1)).toEqual(['reported'])
})

describe('the place of a reader', () => {
  test('begins where it is told to, and is shared by engines', async () => {
    await store(event('before'))
    await waitFor(async () => (await readFeed(db, feedBeginning, 1)).events.length === 1, { what: 'the event' })
    const fromNow = createFeed(db, 'now', { from: 'now' })
    expect(await fromNow.position()).toBeNull()
    expect(await readAll(fromNow)).toEqual([])
    await store(event('after'))
    expect(await readUntil(createFeed(db, 'now', { from: 'now' }), 1)).toEqual(['after'])
    expect(await readAll(fromNow)).toEqual([])
    expect(await readUntil(createFeed(db, 'beginning', { from: 'beginning' }), 2)).toEqual(['before', 'after'])
  })

  test('moves with the transaction in which the events were used, or not at all', async () => {
    await store(event('one'))
    const feed = createFeed(db, 'test', { from: 'beginning' })
    await waitFor(async () => (await feed.read({ limit: 10 })).events.length === 1, { what: 'the event' })
    const page = await feed.read({ limit: 10 })
    const failed = db.transaction(async (tx) => {
      await feed.commit(page.position, tx)
      throw new Error('not used after all')
    })
    await expect(failed).rejects.toThrow('not used')
    expect(names((await feed.read({ limit: 10 })).events)).toEqual(['one'])
    await db.transaction((tx) => feed.commit(page.position, tx))
    expect((await feed.read({ limit: 10 })).events).toEqual([])
  })

  test('may be kept by the reader itself, as JSON', async () => {
    await store(event('one'), event('two'))
    await waitFor(async () => (await readFeed(db, feedBeginning, 2)).events.length === 2, { what: 'the events' })
    const first = await readFeed(db, feedBeginning, 1)
    const second = await readFeed(db, JSON.parse(JSON.stringify(first.position)), 1)
    expect([...names(first.events), ...names(second.events)]).toEqual(['one', 'two'])
    expect((await readFeed(db, await feedEnd(db), 10)).done).toBe(true)
  })

  test('that is older than what is noted is told of the gap', async () => {
    await store(event('old'))
    await waitFor(async () => (await readFeed(db, feedBeginning, 1)).events.length === 1, { what: 'the event' })
    const [noted] = await db.query<{ tx: string }>('SELECT tx FROM stored_transactions')
    await db.query(`UPDATE stored_transactions SET stored_at = now() - interval '15 days'`)
    await pruneNotes(db)
    await store(at('new', '2026-11-21T00:00:00Z'))
    const page = await waitFor(
      async () => {
        const read = await readFeed(db, { tx: noted!.tx, after: null }, 10)
        return read.events.length > 0 ? read : null
      },
      { what: 'the new event' },
    )
    expect(page).toMatchObject({ gap: true, events: [{ eventId: 'new' }] })
    expect((await readFeed(db, feedBeginning, 10)).gap).toBe(false)
  })
})

test('a look that finds nothing new touches no table of events', async () => {
  await store(event('read'))
  const feed = createFeed(db, 'test', { from: 'beginning' })
  await readUntil(feed, 1)
  const position = await feed.position()
  await db.transaction(async (tx) => {
    const query: Database['query'] = async <Row>(sql: string, params: readonly unknown[] = []) =>
      (await tx.query(sql, [...params])).rows as Row[]
    const scans = () =>
      query(`SELECT sum(seq_scan + idx_scan) AS sum FROM pg_stat_xact_all_tables WHERE relname LIKE 'audit\\_%'`)
    const before = await scans()
    expect((await readFeed({ query }, position ?? feedBeginning, 10)).done).toBe(true)
    expect(await scans()).toEqual(before)
    await readFeed({ query }, feedBeginning, 10)
    expect(await scans()).not.toEqual(before)
  })
})

describe('settings', () => {
  test('are read as they were written', async () => {
    expect(await readSetting(db, 'colour')).toBeNull()
    await writeSetting(db, 'colour', { dark: ['#000', null] })
    expect(await readSetting(db, 'colour')).toEqual({ dark: ['#000', null] })
    await writeSetting(db, 'colour', 'plain')
    expect(await readSetting(db, 'colour')).toBe('plain')
  })

  test('engines that start together agree on one key of 32 bytes', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, () => loadSessionIdKey(db)))
    expect(keys[0]).toHaveLength(32)
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
  })
})
