import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { cacheSearchStore } from '../../src/main/engine/search/cache-store.ts'
import { postgresSearchStore } from '../../src/main/engine/search/postgres-store.ts'
import { readPage } from '../../src/main/engine/search/read-rows.ts'
import type { SearchStore } from '../../src/main/engine/search/search-store.ts'
import { createSearch, type Search } from '../../src/main/engine/search/search.ts'
import { createCache, type Cache } from '../../src/main/engine/sqlite/cache.ts'
import { openCacheFile } from '../../src/main/engine/sqlite/open.ts'
import { GatehouseError } from '../../src/shared/errors.ts'
import { blankEvent } from '../../src/shared/model/event.ts'
import { EventId, SessionId } from '../../src/shared/model/ids.ts'
import { createTempDir } from '../helpers/temp.ts'
import { corpusEvents, corpusSessions, nowMs, storedSessionId } from './search-corpus.ts'
import { connectedDatabase, storeEvents, storeSessions } from './search-stores.ts'

const asOf = new Date(nowMs - 60_000)
let database: Database
let cache: Cache
let postgres: SearchStore
let cached: SearchStore
let search: Search

beforeAll(async () => {
  database = await connectedDatabase()
  await storeEvents(database, corpusEvents())
  await storeSessions(database, corpusSessions())
  postgres = postgresSearchStore(database)
  cache = createCache(openCacheFile(path.join((await createTempDir()).path, 'cache.sqlite')).database)
  cache.putEvents(await readPage(postgres, postgres.events, { kind: 'all' }, { limit: 10_000, after: null }))
  cache.putSessions(await readPage(postgres, postgres.sessions, { kind: 'all' }, { limit: 10_000, after: null }))
  cached = cacheSearchStore(cache.reader, () => asOf)
  search = searchOver(postgres, cached)
})
afterAll(async () => {
  cache.close()
  await database.close()
})

const searchOver = (from: SearchStore, fallback: SearchStore | null) =>
  createSearch({ postgres: from, cache: fallback, sessionIds: { sought: storedSessionId }, now: () => nowMs })

/** PostgreSQL as it is when each statement fails in this way. */
const failing = (reason: Error): SearchStore => ({
  ...postgres,
  run: () => Promise.reject(reason),
})
const away = () => failing(new GatehouseError('POSTGRES_UNAVAILABLE', 'Nothing listens on db:5432.'))
const everything = { query: '', limit: 10, cursor: null }

describe('a hostile query is an error or is taken literally, in both stores', () => {
  const hostile = [
    'x'.repeat(10_000),
    '('.repeat(1_000) + ')'.repeat(1_000),
    '(a) '.repeat(400),
    `"${'a" OR "'.repeat(200)}`,
    "'; DROP TABLE audit_sessions; --",
    'user:"\'; DELETE FROM audit_logs; --"',
    "user:x' OR '1'='1",
    '"$1" "?" ":x" "@y"',
    'user:%',
    '_',
    '%%%%%%%%',
    'user:!',
    '"!%"',
    '\\',
    'user:"\\\\"',
    'nul\0byte',
    '\ud800\udfff\udbff',
    `*${'a*'.repeat(7)}`,
    '?'.repeat(8),
    `"${'%_'.repeat(900)}"`,
    'user:/(a+)+$/',
    '/(.*)*/i',
    'calls:1e309',
    'duration:>999999999999999',
    'at:[0000-01-01 TO 9999-12-31]',
    'at:9999-12-31T23:59:59.999+23:59',
    'last:999999w',
    '__proto__:x',
    'hasOwnProperty:x',
    'session:"\u0001"',
    'ip:::ffff:0:0/96',
    `user:${'a,'.repeat(99)}a`,
    `${'-'.repeat(30)}user:bob`,
    '\u202Euser:bob',
  ]

  test.each(hostile.map((query) => [query.slice(0, 40), query]))('%j', async (_, query) => {
    const answers = []
    for (const from of [search, searchOver(away(), cached)]) {
      answers.push(
        await from.events({ query, limit: 1000, cursor: null }).then(
          ({ rows }) => rows.map(({ eventId }) => eventId),
          (error: unknown) => {
            expect(error).toMatchObject({ name: 'GatehouseError', code: 'QUERY_SYNTAX' })
            return String(error)
          },
        ),
      )
    }
    expect(answers[1]).toEqual(answers[0])
  })

  test('and the tables are still there', async () => {
    const { rows } = await search.events({ query: 'id:"\'; DROP TABLE audit_sessions; --"', limit: 10, cursor: null })
    expect(rows).toHaveLength(1)
    expect((await search.events({ query: '', limit: 1000, cursor: null })).rows).toHaveLength(corpusEvents().length)
  })
})

describe('where the answer comes from', () => {
  test('is PostgreSQL while it is there', async () => {
    expect((await search.events(everything)).origin).toEqual({ store: 'postgres', asOf: null })
  })

  test('is the cache, with its age, while PostgreSQL is away', async () => {
    const offline = searchOver(away(), cached)
    for (const answer of [await offline.events(everything), await offline.sessions(everything)]) {
      expect(answer.rows).toHaveLength(10)
      expect(answer.origin).toEqual({ store: 'cache', asOf })
    }
    expect((await offline.allEvents('', new Date(nowMs))).store).toBe('cache')
  })

  test('is an error with the reason where there is no cache', async () => {
    await expect(searchOver(away(), null).events(everything)).rejects.toMatchObject({
      code: 'POSTGRES_UNAVAILABLE',
      message: 'Nothing listens on db:5432.',
    })
  })

  test('is never the cache for a failure that is no absence', async () => {
    await expect(searchOver(failing(new Error('a bug')), cached).events(everything)).rejects.toThrow('a bug')
  })

  test('says so when PostgreSQL stops a search for its length', async () => {
    const slow: SearchStore = {
      ...postgres,
      run: () =>
        database.transaction(async (tx) => {
          await tx.query('SET LOCAL statement_timeout = 20')
          return (await tx.query('SELECT pg_sleep(20)')).rows
        }),
    }
    const stopped = { code: 'TOO_LARGE', message: expect.stringContaining('add last:24h') }
    await expect(searchOver(slow, cached).events(everything)).rejects.toMatchObject(stopped)
    await expect(searchOver(slow, cached).allEvents('', new Date())).rejects.toMatchObject(stopped)
  })

  test('does not change in the middle of an export', async () => {
    let calls = 0
    const dying: SearchStore = {
      ...postgres,
      run: (statement) => (++calls > 1 ? away().run(statement) : postgres.run(statement)),
    }
    await storeEvents(
      database,
      Array.from({ length: 1_100 }, (_, index) =>
        blankEvent({
          eventId: EventId.parse(`many:${index}`),
          createdAt: new Date(nowMs - index),
          kind: 'log',
          type: 'many',
          source: 'queue',
        }),
      ),
    )
    const { store, pages } = await searchOver(dying, cached).allEvents('type:many', new Date(nowMs))
    expect(store).toBe('postgres')
    const read = async () => {
      let rows = 0
      for await (const page of pages) rows += page.length
      return rows
    }
    await expect(read()).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
  })
})

describe('a session', () => {
  test('has its row and its life, oldest first, from either store', async () => {
    const sessionId = storedSessionId('live 7')
    const wanted = corpusEvents()
      .filter((event) => event.sessionId === sessionId)
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    expect(wanted.length).toBeGreaterThan(5)
    for (const from of [search, searchOver(away(), cached)]) {
      const { session, timeline } = await from.session(sessionId)
      expect(session).toEqual(corpusSessions()[7])
      expect(timeline.map(({ eventId }) => eventId)).toEqual(wanted.map(({ eventId }) => eventId))
    }
  })

  test('with a long life shows the newest 1,000 events', async () => {
    const sessionId = storedSessionId('live 1')
    const checks = Array.from({ length: 1_100 }, (_, index) => ({
      ...blankEvent({
        eventId: EventId.parse(`check:${index}`),
        createdAt: new Date(nowMs + index),
        kind: 'session' as const,
        type: 'session_check',
        source: 'queue' as const,
      }),
      sessionId,
    }))
    await storeEvents(database, checks)
    const { timeline } = await search.session(sessionId)
    expect(timeline.map(({ eventId }) => eventId)).toEqual(checks.slice(100).map(({ eventId }) => eventId))
  })

  test('that nobody knows is not found, in words', async () => {
    const unknown = SessionId.parse('0'.repeat(64))
    await expect(search.session(unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(searchOver(away(), cached).session(unknown)).rejects.toThrow('PostgreSQL is away')
  })
})

describe('the evidence of an alert', () => {
  test('is found oldest first, what is gone is counted, from either store', async () => {
    const evidence = corpusEvents().slice(0, 250)
    const gone = { eventId: EventId.parse('gone'), createdAt: new Date(nowMs) }
    const otherTime = { eventId: evidence[0]!.eventId, createdAt: new Date(nowMs - 1) }
    for (const from of [search, searchOver(away(), cached)]) {
      const { events, missingEvents } = await from.eventsByRefs([...evidence, gone, otherTime])
      expect(missingEvents).toBe(2)
      expect(new Set(events.map(({ eventId }) => eventId))).toEqual(new Set(evidence.map(({ eventId }) => eventId)))
      expect(events).toEqual(events.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime()))
    }
  })

  test('is both events where a session event and a log event have the same time and id', async () => {
    const twin = { eventId: EventId.parse('twin'), createdAt: new Date('2026-11-19T00:00:00Z') }
    const { events, missingEvents } = await search.eventsByRefs([twin])
    expect(events.map(({ kind }) => kind).toSorted()).toEqual(['log', 'session'])
    expect(missingEvents).toBe(0)
  })

  test('of nothing is nothing', async () => {
    expect(await search.eventsByRefs([])).toMatchObject({ events: [], missingEvents: 0 })
  })
})

test('pages miss nothing that somebody wrote with microseconds', async () => {
  await database.query(
    `INSERT INTO audit_logs (event_id, action, created_at, source)
     SELECT 'micro:' || n, 'micro', '2026-11-20T09:00:00Z'::timestamptz + n * 137 * interval '1 microsecond', 'queue'
     FROM generate_series(1, 40) AS n`,
  )
  const found: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Search['events']>> = await search.events({ query: 'type:micro', limit: 3, cursor })
    found.push(...page.rows.map(({ eventId }) => eventId))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(found).toHaveLength(40)
  expect(new Set(found).size).toBe(40)
})

test('a cursor that no search gave is refused', async () => {
  await expect(search.events({ query: '', limit: 10, cursor: "1'; --" })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})
