import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cacheSearchStore } from '../../src/main/engine/search/cache-store.ts'
import { matchesEvent } from '../../src/main/engine/search/match-event.ts'
import { postgresSearchStore } from '../../src/main/engine/search/postgres-store.ts'
import { readPage } from '../../src/main/engine/search/read-rows.ts'
import { readQuery } from '../../src/main/engine/search/resolve.ts'
import type { SearchStore } from '../../src/main/engine/search/search-store.ts'
import { createSearch, type Search } from '../../src/main/engine/search/search.ts'
import { createCache, type Cache } from '../../src/main/engine/sqlite/cache.ts'
import { openCacheFile } from '../../src/main/engine/sqlite/open.ts'
import { GatehouseError } from '../../src/shared/errors.ts'
import type { AuditEvent } from '../../src/shared/model/event.ts'
import { eventQueryFields } from '../../src/shared/model/query-fields.ts'
import { sessionStatus, type Session } from '../../src/shared/model/session.ts'
import { createTempDir } from '../helpers/temp.ts'
import { corpusEvents, corpusSessions, nowMs, storedSessionId } from './search-corpus.ts'
import { englishDatabase, storeEvents, storeSessions } from './search-stores.ts'

const events = corpusEvents()
const sessions = corpusSessions()
const sessionIds = { sought: storedSessionId }

let dropDatabase: () => Promise<void>
let cache: Cache
let postgres: SearchStore
let cached: SearchStore
let online: Search
let offline: Search

beforeAll(async () => {
  const { database, drop } = await englishDatabase()
  dropDatabase = drop
  await storeEvents(database, events)
  await storeSessions(database, sessions)
  postgres = postgresSearchStore(database)
  cache = createCache(openCacheFile(path.join((await createTempDir()).path, 'cache.sqlite')).database)
  const everything = { limit: 10_000, after: null }
  cache.putEvents(await readPage(postgres, postgres.events, { kind: 'all' }, everything))
  cache.putSessions(await readPage(postgres, postgres.sessions, { kind: 'all' }, everything))
  cached = cacheSearchStore(cache.reader, () => new Date(nowMs))
  const away = () => Promise.reject(new GatehouseError('POSTGRES_UNAVAILABLE', 'away'))
  online = createSearch({ postgres, cache: null, sessionIds, now: () => nowMs })
  offline = createSearch({ postgres: { ...postgres, run: away }, cache: cached, sessionIds, now: () => nowMs })
})
afterAll(async () => {
  cache.close()
  await dropDatabase()
})

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const eventKey = ({ eventId, kind }: AuditEvent) => `${eventId} ${kind}`
const newestEventFirst = (a: AuditEvent, b: AuditEvent) =>
  b.createdAt.getTime() - a.createdAt.getTime() || byBytes(eventKey(b), eventKey(a))
const activity = ({ lastActive, firstSeen }: Session) => (lastActive ?? firstSeen).getTime()
const newestSessionFirst = (a: Session, b: Session) => activity(b) - activity(a) || byBytes(b.sessionId, a.sessionId)

type EventTest = (event: AuditEvent) => boolean
const has = (text: string | null, part: string) => text !== null && text.toLowerCase().includes(part)
const agoMs = (event: AuditEvent) => nowMs - event.createdAt.getTime()
const hourMs = 3_600_000
const texts = (event: AuditEvent) => [
  event.userId,
  event.userEmail,
  event.ipAddress,
  event.userAgent,
  event.type,
  event.description,
]

const eventQueries: [query: string, expected: EventTest][] = [
  ['', () => true],
  ['user:alice', (event) => event.userId === 'alice'],
  ['user:alice,bob', (event) => event.userId === 'alice' || event.userId === 'bob'],
  ['user:(alice OR "o\'neil")', (event) => event.userId === 'alice' || event.userId === "o'neil"],
  ["user:o'neil", (event) => event.userId === "o'neil"],
  ['user:al*', (event) => event.userId?.toLowerCase() === 'alice'],
  ['user:A?ice', (event) => event.userId?.toLowerCase() === 'alice'],
  ['user:a%b', (event) => event.userId === 'a%b'],
  ['user:a_b', (event) => event.userId === 'a_b'],
  ['user:a%*', (event) => event.userId === 'a%b'],
  ['user:a_*', (event) => event.userId === 'a_b'],
  ['user:a?b', (event) => /^a.b$/.test(event.userId ?? '')],
  ['user:"star*star"', (event) => event.userId === 'star*star'],
  ['user:"star*"', () => false],
  ['user:wow!*', (event) => event.userId === 'wow!'],
  ['user:back\\slash', (event) => event.userId === 'back\\slash'],
  ['user:back\\*', (event) => event.userId === 'back\\slash'],
  ['user:ünï*', () => false],
  ['user:Ünï*', (event) => event.userId === 'Ünï'],
  ['user:?????', (event) => Array.from(event.userId ?? '').length === 5],
  ['user:日本?', (event) => event.userId === '日本😀'],
  ['user:12345678901234567890', (event) => event.userId === '12345678901234567890'],
  ['user:007', (event) => event.userId === '007'],
  ['user:7', () => false],
  ['user:*', (event) => event.userId !== null],
  ['-user:*', (event) => event.userId === null],
  ['-user:alice', (event) => event.userId !== 'alice'],
  ['country:de', (event) => event.country?.toLowerCase() === 'de'],
  ['-country:DE', (event) => event.country?.toLowerCase() !== 'de'],
  ['-country:DE,FR', (event) => event.country === null],
  ['ip:10.0.0.0/8', (event) => event.ipAddress?.startsWith('10.') === true],
  ['ip:10.1.2.3', (event) => event.ipAddress === '10.1.2.3'],
  ['ip:::ffff:10.1.2.3', (event) => event.ipAddress === '10.1.2.3'],
  ['ip:10.9.9.9/8,192.168.1.128/25', (event) => /^(10|192)\./.test(event.ipAddress ?? '')],
  ['ip:2001:db8::/32', (event) => event.ipAddress?.startsWith('2001:db8:') === true],
  ['ip:::/0', (event) => event.ipAddress?.includes(':') === true],
  ['ip:0.0.0.0/0', (event) => event.ipAddress?.includes('.') === true],
  ['-ip:::/0', (event) => event.ipAddress?.includes(':') !== true],
  ['ip:10.*', (event) => event.ipAddress?.startsWith('10.') === true],
  ['session:"live 7"', (event) => event.sessionId === storedSessionId('live 7')],
  [`session:${storedSessionId('live 7').slice(0, 8)}*`, (event) => event.sessionId === storedSessionId('live 7')],
  ['agent:CURL', (event) => has(event.userAgent, 'curl')],
  ['agent:"100% _"', (event) => has(event.userAgent, '100% _')],
  ['agent:"<script>"', (event) => has(event.userAgent, '<script>')],
  ['type:login', (event) => event.type === 'login'],
  ['type:*login', (event) => event.type.endsWith('login')],
  ['type:"Custom Type"', (event) => event.type === 'Custom Type'],
  ['email:bob@example.com', (event) => event.userEmail === 'Bob@Example.com'],
  ['email:*@EXAMPLE.com', (event) => event.userEmail !== null],
  ['category:critical,warning', (event) => event.category === 'critical' || event.category === 'warning'],
  ['-category:info', (event) => event.category !== 'info'],
  ['status:failure', (event) => event.status === 'FAILURE'],
  ['auth:sso', (event) => event.authMethod === 'SSO'],
  ['resource:User', (event) => event.resourceType === 'User'],
  ['resource_id:/api/users/7', (event) => event.resourceId === '/api/users/7'],
  ['resource_id:"a,b"', (event) => event.resourceId === 'a,b'],
  ['description:"50%"', (event) => has(event.description, '50%')],
  ['description:*CI*50*', (event) => has(event.description, 'ci (50%')],
  ['error:TIMEOUT', (event) => has(event.errorMessage, 'timeout')],
  ['source:critical', (event) => event.source === 'critical'],
  ['kind:log', (event) => event.kind === 'log'],
  ['id:twin', (event) => event.eventId === 'twin'],
  ['id:s:1?', (event) => /^s:1.$/.test(event.eventId)],
  ['duration:120', (event) => event.durationMs === 120],
  ['duration:>1.5', (event) => event.durationMs !== null && event.durationMs > 1.5],
  ['duration:[0 TO 120}', (event) => event.durationMs !== null && event.durationMs < 120],
  ['-duration:<100', (event) => event.durationMs === null || event.durationMs >= 100],
  ['last:24h', (event) => agoMs(event) <= 24 * hourMs && agoMs(event) >= 0],
  ['after:2h', (event) => agoMs(event) <= 2 * hourMs],
  ['before:2026-11-19', (event) => event.createdAt.getTime() < Date.parse('2026-11-19')],
  ['at:2026-11-19', (event) => event.createdAt.toISOString().startsWith('2026-11-19')],
  ['at:[2026-11-19T10 TO 2026-11-19T12]', (event) => /^2026-11-19T1[012]/.test(event.createdAt.toISOString())],
  ['at:>2098-12', (event) => event.eventId === 'far'],
  ['before:999999w', () => false],
  ['after:999999w', () => true],
  ['alice', (event) => texts(event).some((text) => has(text, 'alice'))],
  ['ALICE login', (event) => texts(event).some((text) => has(text, 'alice')) && has(event.type, 'login')],
  ['"for good"', (event) => has(event.description, 'for good')],
  ['script', (event) => has(event.userAgent, 'script')],
  ['192.168', (event) => has(event.ipAddress, '192.168')],
  ['"\\u0000"', (event) => has(event.description, '\\u0000')],
  ['fir*145', (event) => has(event.userAgent, 'firefox/145')],
  [
    'user:alice OR user:bob type:login',
    (event) => event.userId === 'alice' || (event.userId === 'bob' && event.type === 'login'),
  ],
  [
    '(user:alice OR user:bob) -type:login,logout',
    (event) => ['alice', 'bob'].includes(event.userId ?? '') && !['login', 'logout'].includes(event.type),
  ],
  ['NOT (country:DE AND type:login)', (event) => !(event.country?.toLowerCase() === 'de' && event.type === 'login')],
  ['--user:bob', (event) => event.userId === 'bob'],
]

describe('events: both stores and the live tail say the same', () => {
  const context = { fields: eventQueryFields, nowMs, soughtSession: storedSessionId }

  test.each(eventQueries)('%s', async (query, expected) => {
    const wanted = events.filter(expected).toSorted(newestEventFirst).map(eventKey)
    const page = { query, limit: 1000, cursor: null }
    expect((await online.events(page)).rows.map(eventKey)).toEqual(wanted)
    expect((await offline.events(page)).rows.map(eventKey)).toEqual(wanted)
    const condition = readQuery(query, context)
    expect(events.filter((event) => matchesEvent(condition, event))).toHaveLength(wanted.length)
  })

  test('although the one sorts and folds by a language, and the other by bytes', async () => {
    const [row] = await postgres.run(sql`SELECT 'Ünï' ILIKE 'ünï' AS folds, 'a' < 'B' AS sorts`)
    expect(row).toEqual({ folds: true, sorts: true })
  })

  test('most queries find something, and something else than all', () => {
    const counts = eventQueries.map(([, expected]) => events.filter(expected).length)
    expect(counts.filter((count) => count > 0 && count < events.length).length).toBeGreaterThan(75)
  })

  test('with whole rows', async () => {
    const page = { query: '', limit: 1000, cursor: null }
    const [fromPostgres, fromCache] = [await online.events(page), await offline.events(page)]
    expect(fromPostgres.rows).toEqual(events.toSorted(newestEventFirst))
    expect(fromCache.rows).toEqual(fromPostgres.rows)
  })
})

const sessionQueries: [query: string, expected: (session: Session) => boolean][] = [
  ['', () => true],
  ['user:bob', (session) => session.userId === 'bob'],
  ['state:live', (session) => session.endedAt === null],
  ['state:ended', (session) => session.endedAt !== null],
  ...(['active', 'recent', 'idle'] as const).map((state): [string, (session: Session) => boolean] => [
    `state:${state}`,
    (session) => sessionStatus(session, nowMs) === state,
  ]),
  ['-state:idle', (session) => sessionStatus(session, nowMs) !== 'idle'],
  ['end:revoked,logout', (session) => session.endReason === 'revoked' || session.endReason === 'logout'],
  ['-end:*', (session) => session.endReason === null],
  ['profile:CONNECT-redis', (session) => session.profile === 'connect-redis'],
  ['calls:>=500', (session) => session.apiCallCount >= 500],
  ['calls:0,10', (session) => session.apiCallCount <= 10],
  ['last:2h', (session) => activity(session) >= nowMs - 2 * hourMs],
  ['before:2h', (session) => activity(session) < nowMs - 2 * hourMs],
  ['session:"live 3"', (session) => session.sessionId === storedSessionId('live 3')],
  ['ip:192.168.0.0/16', (session) => session.ipAddress === '192.168.1.200'],
  ['country:fr -state:ended', (session) => session.country === 'FR' && session.endedAt === null],
  ['curl', (session) => has(session.userAgent, 'curl')],
  ['2001:db8', (session) => has(session.ipAddress, '2001:db8')],
]

describe('sessions: both stores say the same', () => {
  test.each(sessionQueries)('%s', async (query, expected) => {
    const wanted = sessions.filter(expected).toSorted(newestSessionFirst)
    expect(wanted.length).toBeGreaterThan(0)
    const page = { query, limit: 1000, cursor: null }
    expect((await online.sessions(page)).rows).toEqual(wanted)
    expect((await offline.sessions(page)).rows).toEqual(wanted)
  })
})

describe('pages', () => {
  const twins: EventTest = ({ eventId }) => eventId === 'twin'
  const lastDays: EventTest = (event) => agoMs(event) <= 48 * hourMs && agoMs(event) >= 0

  test.each([
    [1, 'id:twin', twins],
    [7, 'last:48h', lastDays],
    [200, 'last:48h', lastDays],
  ])('of %d rows are the whole, each row once, in each store and across both: %s', async (limit, query, expected) => {
    for (const searches of [[online], [offline], [online, offline]]) {
      const found: string[] = []
      let cursor: string | null = null
      for (let index = 0; index === 0 || cursor !== null; index++) {
        const search: Search = searches[index % searches.length]!
        const page = await search.events({ query, limit, cursor })
        expect(page.rows.length).toBeLessThanOrEqual(limit)
        found.push(...page.rows.map(eventKey))
        cursor = page.nextCursor
      }
      expect(found).toEqual(events.filter(expected).toSorted(newestEventFirst).map(eventKey))
    }
  })

  test('end where nothing follows, also when the last one is full', async () => {
    const page = await online.sessions({ query: '', limit: sessions.length, cursor: null })
    expect(page.rows).toHaveLength(sessions.length)
    expect(page.nextCursor).toBeNull()
  })
})

test('all rows of a query are the same from either store', async () => {
  for (const search of [online, offline]) {
    const all: string[] = []
    for await (const page of (await search.allEvents('kind:log', new Date(nowMs))).pages)
      all.push(...page.map(eventKey))
    const wanted = events.filter((event) => event.kind === 'log' && agoMs(event) >= 0)
    expect(all).toEqual(wanted.toSorted(newestEventFirst).map(eventKey))
  }
})
