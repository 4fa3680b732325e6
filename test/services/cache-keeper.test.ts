/** The thread that writes the cache: what it fetches, what it tells, and what becomes of it when it ends. */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { cachedAsOf } from '../../src/main/engine/offline/as-of.ts'
import { createCacheKeeper, type CacheKeeper } from '../../src/main/engine/offline/cache-keeper.ts'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { createSignals, type SignalBus } from '../../src/main/engine/signals.ts'
import { createCacheReader, type CacheReader } from '../../src/main/engine/sqlite/cache-reader.ts'
import { openCacheReader } from '../../src/main/engine/sqlite/open.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import { EventId } from '../../src/shared/model/ids.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'
import { storeEvents } from './search-stores.ts'

const log = pino({ level: 'silent' })
/** A server of this file's own: an open transaction of another file would hold up the feed. */
let server: string
let url: string
let database: Database
let file: string
let signals: SignalBus
let problems: Problems
let reader: CacheReader | null
const keepers: CacheKeeper[] = []

beforeAll(async () => {
  server = (await startPostgres()).url
})
beforeEach(async () => {
  ;({ url } = await createTestDatabase({ server }))
  database = openDatabase({ url, maxConnections: 4 }, log)
  await database.ready()
  file = path.join((await createTempDir()).path, 'cache.sqlite')
  signals = createSignals()
  problems = new Problems()
  reader = null
})
afterEach(async () => {
  await Promise.all(keepers.splice(0).map((keeper) => keeper.stop()))
  reader?.close()
  await database.close()
})

function keep(): CacheKeeper {
  const keeper = createCacheKeeper({
    workerFile: path.resolve('src/main/engine/cache-worker.ts'),
    task: { config: ConfigSchema.parse({ postgres: { url }, log: { level: 'silent' } }), file },
    signals,
    problems,
    log,
    status: { bytes: 0, events: 0, newestAt: null },
  })
  keepers.push(keeper)
  keeper.start()
  return keeper
}

const sample = {
  atMs: 1_000,
  activeSessions: 5,
  loginsPerSecond: 1,
  failuresPerSecond: 0,
  queueDepth: 2,
  storedPerSecond: null,
  redisLatencyMs: null,
}

const event = (id: string): AuditEvent =>
  blankEvent({ eventId: EventId.parse(id), createdAt: new Date(), kind: 'log', type: 'any', source: 'queue' })

function cached(): string[] {
  const opened = reader === null ? openCacheReader(file) : null
  if (opened !== null) reader = createCacheReader(opened)
  const rows = reader?.reader.prepare<[], { event_id: string }>('SELECT event_id FROM events ORDER BY event_id').all()
  return rows?.map((row) => row.event_id) ?? []
}

/** This engine stores an event, and says so. */
async function store(id: string): Promise<void> {
  await storeEvents(database, [event(id)])
  signals.emit('stored', [event(id)])
}

test('it fetches what is stored, takes samples, and tells of both what others stored and what it has', async () => {
  const told: string[] = []
  signals.on('storedElsewhere', (events) => told.push(...events.map(({ eventId }) => eventId)))
  const filled: number[] = []
  signals.on('filled', ({ events }) => filled.push(events))
  const keeper = keep()
  await store('first')
  // What comes before the cache has all that there is, is no news.
  await waitFor(() => cached().includes('first') && reader !== null && cachedAsOf(reader), { what: 'a filled cache' })
  await store('own')
  await storeEvents(database, [event('theirs')])
  await waitFor(() => told.length > 0, { what: 'the event of another engine' })
  expect(told).toEqual(['theirs'])
  expect(cached()).toEqual(['first', 'own', 'theirs'])
  expect(filled.reduce((sum, events) => sum + events, 0)).toBeGreaterThanOrEqual(2)
  keeper.putSample(sample)
  await waitFor(() => keeper.status().events === 3, { what: 'the status' })
  await keeper.stop()
  expect(reader?.samples(0, 2_000)).toEqual([sample])
  expect(problems.list()).toEqual([])
})

test('it goes on where another one was stopped, keeps each event once, and counts a sample that nobody took', async () => {
  await store('e1')
  const first = keep()
  await waitFor(() => cached().includes('e1'), { what: 'the first event in the cache' })
  await first.stop()
  first.putSample(sample)
  expect(problems.list()).toMatchObject([{ area: 'cache', reason: 'a sample of the charts was lost', count: 1 }])
  await store('e2')
  keep()
  await waitFor(() => cached().includes('e2'), { what: 'what was stored meanwhile' })
  expect(cached()).toEqual(['e1', 'e2'])
})

test('a thread that ends is shown and started again, and goes on where the last one was', async () => {
  // No database can be opened where a folder lies.
  mkdirSync(file)
  keep()
  const ended = 'the thread that keeps the cache ended, and is started again where it was'
  await waitFor(() => problems.list().some(({ reason }) => reason === ended), { what: 'the end to be shown' })
  await store('e1')
  rmSync(file, { recursive: true })
  await waitFor(() => cached().includes('e1'), { what: 'the next thread to fetch the event', timeoutMs: 20_000 })
  expect(problems.list().map(({ area, reason }) => ({ area, reason }))).toContainEqual({ area: 'cache', reason: ended })
})
