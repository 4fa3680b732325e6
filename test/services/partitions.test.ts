import { Client } from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { ensurePartitions, partitionDays } from '../../src/main/engine/postgres/partitions.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import type { EventId } from '../../src/shared/model/ids.ts'
import { createTestDatabase } from '../helpers/postgres.ts'

const opened: Database[] = []
let url: string
let db: Database

async function open(): Promise<Database> {
  const database = openDatabase({ url, maxConnections: 4 }, pino({ level: 'silent' }))
  opened.push(database)
  await database.ready()
  return database
}

beforeEach(async () => {
  url = (await createTestDatabase()).url
  db = await open()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()))
})

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000
const only = (text: string) => ({ fromDay: day(text), toDay: day(text) })

const eventAt = (time: string, kind: AuditEvent['kind'] = 'session'): AuditEvent =>
  blankEvent({ eventId: time as EventId, createdAt: new Date(time), kind, type: 'session_check', source: 'queue' })
const store = (...events: AuditEvent[]) => db.transaction((tx) => writeEvents(tx, events))

const where = (table: string) =>
  db.query(`SELECT event_id, tableoid::regclass::text AS partition FROM ${table} ORDER BY created_at`)

test('yesterday, today and the days ahead, by UTC', () => {
  const days = partitionDays(new Date('2026-11-20T23:59:59.999Z'), 7)
  expect(days).toEqual({ fromDay: day('2026-11-19'), toDay: day('2026-11-27') })
  expect(partitionDays(new Date('2026-11-21T00:00:00Z'), 0)).toEqual({
    fromDay: day('2026-11-20'),
    toDay: day('2026-11-21'),
  })
})

test('are made once, for both tables, and hold the events of their day', async () => {
  const range = { fromDay: day('2026-11-19'), toDay: day('2026-11-21') }
  expect(await ensurePartitions(db, range)).toEqual(
    ['audit_sessions', 'audit_logs'].flatMap((table) => ['19', '20', '21'].map((date) => `${table}_202611${date}`)),
  )
  expect(await ensurePartitions(db, range)).toEqual([])
  const times = [
    '2026-11-18T23:59:59.999Z',
    '2026-11-20T00:00:00.000Z',
    '2026-11-20T23:59:59.999Z',
    '2026-11-22T00:00:00.000Z',
  ]
  await store(...times.map((time) => eventAt(time)), eventAt(times[1]!, 'log'))
  expect(await where('audit_sessions')).toEqual([
    { event_id: times[0], partition: 'audit_sessions_default' },
    { event_id: times[1], partition: 'audit_sessions_20261120' },
    { event_id: times[2], partition: 'audit_sessions_20261120' },
    { event_id: times[3], partition: 'audit_sessions_default' },
  ])
  expect(await where('audit_logs')).toEqual([{ event_id: times[1], partition: 'audit_logs_20261120' }])
})

test('take over what lies in the default partition, to the last column', async () => {
  await store(eventAt('2026-11-19T12:00:00.000Z'), eventAt('2026-11-20T12:00:00.000Z'))
  const before = await db.query('SELECT * FROM audit_sessions ORDER BY created_at')
  await ensurePartitions(db, only('2026-11-20'))
  expect(await db.query('SELECT * FROM audit_sessions ORDER BY created_at')).toEqual(before)
  expect(await where('audit_sessions')).toEqual([
    { event_id: '2026-11-19T12:00:00.000Z', partition: 'audit_sessions_default' },
    { event_id: '2026-11-20T12:00:00.000Z', partition: 'audit_sessions_20261120' },
  ])
  // And go on as partitions like any other: ids continue, the same event is known.
  const { stored } = await store(eventAt('2026-11-20T12:00:00.000Z'), eventAt('2026-11-20T13:00:00.000Z'))
  expect(stored).toHaveLength(1)
  const ids = await db.query<{ ids: number; distinct: number }>(
    'SELECT count(id)::int AS ids, count(DISTINCT id)::int AS distinct FROM audit_sessions',
  )
  expect(ids).toEqual([{ ids: 3, distinct: 3 }])
})

test('have every index and check of the table', async () => {
  await ensurePartitions(db, only('2026-11-20'))
  const indexes = (table: string) =>
    db.query<{ columns: string }>(
      `SELECT regexp_replace(indexdef, '^.* USING ', '') AS columns FROM pg_indexes WHERE tablename = $1 ORDER BY 1`,
      [table],
    )
  expect(await indexes('audit_sessions_20261120')).toEqual(await indexes('audit_sessions'))
  expect(await indexes('audit_logs_20261120')).toEqual(await indexes('audit_logs'))
  await expect(store({ ...eventAt('2026-11-20T12:00:00.000Z'), type: 'unheard_of' })).rejects.toThrow(
    'audit_sessions_event_type',
  )
})

test('several engines make them without hindering each other', async () => {
  const engines = [db, await open(), await open()]
  const range = { fromDay: day('2026-11-19'), toDay: day('2026-11-24') }
  const made = (await Promise.all(engines.map((engine) => ensurePartitions(engine, range)))).flat()
  expect(made).toHaveLength(12)
  expect(new Set(made).size).toBe(12)
})

test('while events of that day keep coming none is lost or refused', async () => {
  const batch = (start: number) =>
    Array.from({ length: 400 }, (_, index) =>
      eventAt(new Date(Date.parse('2026-11-20T00:00:00Z') + start + index).toISOString()),
    )
  const write = async () => {
    for (let start = 0; start < 8_000; start += 400) await store(...batch(start))
  }
  await Promise.all([write(), ensurePartitions(db, { fromDay: day('2026-11-19'), toDay: day('2026-11-22') })])
  expect(await db.query('SELECT count(*)::int AS count FROM audit_sessions')).toEqual([{ count: 8_000 }])
  expect(await db.query('SELECT count(*)::int AS count FROM audit_sessions_default')).toEqual([{ count: 0 }])
})

test('a default partition that stays busy is left for later', async () => {
  const busy = new Client({ connectionString: url })
  await busy.connect()
  await busy.query('BEGIN; SELECT FROM audit_sessions_default')
  await expect(ensurePartitions(db, only('2026-11-20'))).rejects.toMatchObject({ code: '55P03' })
  await busy.end()
  expect(await ensurePartitions(db, only('2026-11-20'))).toHaveLength(2)
})
