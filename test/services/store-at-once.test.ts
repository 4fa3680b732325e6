import { Pool } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { feedBeginning, readFeed } from '../../src/main/engine/postgres/read-feed.ts'
import { fitsAtOnce, storeAtOnce } from '../../src/main/engine/postgres/store-at-once.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import type { EventId, SessionId } from '../../src/shared/model/ids.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'

let db: Database
let pool: Pool
beforeAll(async () => {
  // A server of this file's own: an open transaction of another file would hold up the feed.
  const { url } = await createTestDatabase({ server: (await startPostgres()).url })
  db = openDatabase({ url, maxConnections: 4 }, pino({ level: 'silent' }))
  pool = new Pool({ connectionString: url })
  await db.ready()
})
beforeEach(() => pool.query('TRUNCATE audit_sessions, audit_logs, ingest_batch, stored_transactions'))
afterAll(() => Promise.all([db.close(), pool.end()]))

const event = (id: string, facts: Partial<AuditEvent> = {}): AuditEvent => ({
  ...blankEvent({
    eventId: id as EventId,
    createdAt: new Date('2026-11-20T10:00:00.000Z'),
    kind: 'session',
    type: 'session_check',
    source: 'critical',
  }),
  ...facts,
})
const ban = event('ban', {
  kind: 'log',
  type: 'permanent_ban_applied',
  category: 'critical',
  userId: 'mallory',
  createdAt: new Date('2026-11-21T09:00:00.123Z'),
  ipAddress: '2001:db8::7',
  durationMs: 1.5,
  metadata: { why: 'a "quoted" \\ reason', list: [1, null] },
})
const refusals = [{ index: 2, reason: 'it is no JSON object' }]
const entry = { batchId: '1-critical-a', owner: 'engine-1', failed: JSON.stringify(refusals) }
const tables = ['ingest_batch', 'audit_events', 'stored_transactions']
const rowsIn = (names: readonly string[]) =>
  Promise.all(names.map(async (name) => (await pool.query(`SELECT FROM ${name}`)).rowCount))

describe('a batch that is stored by one statement', () => {
  test('is in the inbox, in the tables and in the feed, with every field', async () => {
    const events = [event('check', { sessionId: 's1' as SessionId, isActive: true, country: 'DE' }), ban]
    expect(await storeAtOnce(db, entry, events)).toBe(true)
    expect((await readFeed(db, feedBeginning, 10)).events).toEqual(events)
    expect((await pool.query('SELECT batch_id, engine, stored, failed FROM ingest_batch')).rows).toEqual([
      { batch_id: entry.batchId, engine: 'engine-1', stored: 2, failed: refusals },
    ])
  })

  test.each([
    ['session events alone', [event('a'), event('b')]],
    ['others alone', [ban, { ...ban, eventId: 'b' as EventId }]],
  ])('may hold %s, again and again on one connection', async (_, events) => {
    for (const round of ['1', '2', '3', '4', '5', '6', '7']) {
      const named = events.map((one) => ({ ...one, eventId: `${one.eventId}-${round}` as EventId }))
      expect(await storeAtOnce(db, { ...entry, batchId: round }, named)).toBe(true)
    }
    expect(await rowsIn(tables)).toEqual([7, 14, 7])
  })

  test('stores nothing when the inbox has it already, whatever it holds', async () => {
    await storeAtOnce(db, { ...entry, owner: 'engine-2' }, [event('first')])
    expect(await storeAtOnce(db, entry, [event('other'), ban])).toBe(false)
    expect(await rowsIn(tables)).toEqual([1, 1, 1])
  })

  test.each([
    ['is stored already', event('known'), '23505'],
    ['PostgreSQL refuses', event('new', { type: 'no_such_type' }), '23514'],
  ])('stores nothing when one of its events %s', async (_, bad, code) => {
    await db.transaction((tx) => writeEvents(tx, [event('known')]))
    await expect(storeAtOnce(db, entry, [ban, bad])).rejects.toMatchObject({ code })
    expect(await rowsIn(tables)).toEqual([0, 1, 1])
  })
})

test('what begins or ends a session, too many and none go the way with more steps', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => event(`e${n}`))
  const login = event('login', { type: 'login', sessionId: 's1' as SessionId })
  expect([[ban], many(100), [ban, login], many(101), []].map(fitsAtOnce)).toEqual([true, true, false, false, false])
})
