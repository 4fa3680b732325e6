import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { createExports, type ExportProgress, type Exports } from '../../src/main/engine/reports/exports.ts'
import { postgresSearchStore } from '../../src/main/engine/search/postgres-store.ts'
import { createSearch, type Search } from '../../src/main/engine/search/search.ts'
import type { ExportFile } from '../../src/shared/contract/reports.ts'
import type { SessionId } from '../../src/shared/model/ids.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { createTempDir } from '../helpers/temp.ts'

const now = new Date('2026-11-20T10:00:00Z')
const hostile = [
  '=cmd|calc!A0',
  ' \t+1+1',
  '＝1',
  'semi;=1',
  'quote " and, comma',
  'line\nfeed',
  'carriage\rreturn',
  '-5',
  '\u0007@bell',
  'ünï 日本 😀',
  '"',
]

let database: Database
let search: Search
let home: string
let reports: Exports

beforeAll(async () => {
  const { url } = await createTestDatabase()
  database = openDatabase({ url, maxConnections: 4 }, pino({ level: 'silent' }))
  await database.ready()
  const sessionIds = { sought: (typed: string) => typed as SessionId }
  search = createSearch({ postgres: postgresSearchStore(database), cache: null, sessionIds, now: () => now.getTime() })
  home = (await createTempDir()).path
  reports = createExports({
    home,
    events: (query, upTo) => search.allEvents(query, upTo),
    sessions: (query, upTo) => search.allSessions(query, upTo),
    now: () => now,
  })
  await database.query(
    `INSERT INTO audit_logs (event_id, user_id, action, description, duration_ms, details, ip_address, created_at, source)
     SELECT 'hostile:' || n, text, 'hostile', text, -1.5, jsonb_build_object('note', text), '10.0.0.1',
            $2::timestamptz - n * interval '1 hour', 'queue'
     FROM unnest($1::text[]) WITH ORDINALITY AS given (text, n)`,
    [hostile, now],
  )
  await database.query(
    `INSERT INTO audit_sessions (event_id, user_id, session_id, event_type, user_agent, created_at, source, metadata)
     SELECT 'bulk:' || n, 'user' || n % 500, md5((n / 4)::text), 'session_check', repeat('agent ', 20),
            $1::timestamptz - (n / 3) * interval '1 ms', 'mirror', jsonb_build_object('padding', repeat('x', 1000))
     FROM generate_series(0, 49999) AS n`,
    [now],
  )
  // As autovacuum would, sooner or later.
  await database.query('ANALYZE audit_sessions, audit_logs')
})
afterAll(() => database.close())

const exported = (file: ExportFile) => path.join(home, 'exports', file.exportId, file.name)
const waiting = () => readdir(path.join(home, 'exports')).catch(() => [])

async function finished(progress: AsyncIterable<ExportProgress>): Promise<ExportFile> {
  let last: ExportProgress | undefined
  for await (const message of progress) last = message
  if (!last?.file) throw new Error('The export ended without a file')
  return last.file
}

/** Cells of a CSV file as RFC 4180 has them. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y
  const row: string[] = []
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const [, value, end] = cell.exec(text) ?? []
    if (value === undefined) throw new Error(`no cell at ${at}: ${JSON.stringify(text.slice(at, at + 60))}`)
    row.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value)
    if (end === '\r\n') rows.push(row.splice(0))
  }
  return rows
}

describe('a CSV file', () => {
  test('has the names of the columns, RFC 4180 cells, and nothing that a spreadsheet would run', async () => {
    const file = await finished(reports.exportRows({ source: 'events', query: 'type:hostile', format: 'csv' }))
    expect(file).toMatchObject({ name: 'gatehouse-events-2026-11-20T10-00-00Z.csv', rows: hostile.length })
    const bytes = await readFile(exported(file))
    expect(file.bytes).toBe(bytes.length)
    expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    const text = bytes.toString('utf8')
    expect(text.startsWith('\ufeffevent_id,created_at,kind,type,category,user_id,')).toBe(true)
    const [header, ...rows] = parseCsv(text.slice(1))
    const column = (name: string) => rows.map((row) => row[header!.indexOf(name)])
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([header!.length]))
    expect(column('user_id')).toEqual([
      "'=cmd|calc!A0",
      "' \t'+1+1",
      "'＝1",
      "semi;'=1",
      'quote " and, comma',
      'line\nfeed',
      'carriage\rreturn',
      '-5',
      "'\u0007@bell",
      'ünï 日本 😀',
      '"',
    ])
    expect(new Set(column('duration_ms'))).toEqual(new Set(['-1.5']))
    expect(new Set(column('ip_address'))).toEqual(new Set(['10.0.0.1']))
    expect(column('created_at')[0]).toBe('2026-11-20T09:00:00.000Z')
    expect(new Set(column('country'))).toEqual(new Set(['']))
    expect(JSON.parse(column('metadata')[4]!)).toEqual({ note: 'quote " and, comma' })
  })

  test('of nothing is its header', async () => {
    const file = await finished(reports.exportRows({ source: 'sessions', query: 'user:nobody', format: 'csv' }))
    expect(file.rows).toBe(0)
    expect(parseCsv(await readFile(exported(file), 'utf8'))).toHaveLength(1)
  })

  test('can be read by its owner alone', async () => {
    const file = await finished(reports.exportRows({ source: 'sessions', query: '', format: 'csv' }))
    expect((await stat(exported(file))).mode & 0o077).toBe(0)
    expect((await stat(path.dirname(exported(file)))).mode & 0o077).toBe(0)
  })
})

describe('50,000 rows', () => {
  test('are those that a search pages through, in its order, at flat memory', async () => {
    const collectGarbage = exposeGc()
    const heap: number[] = []
    let file: ExportFile | null = null
    for await (const message of reports.exportRows({
      source: 'events',
      query: 'type:session_check',
      format: 'jsonl',
    })) {
      collectGarbage()
      heap.push(process.memoryUsage().heapUsed)
      file = message.file
    }
    expect(file?.rows).toBe(50_000)
    const lines = (await readFile(exported(file!), 'utf8')).trimEnd().split('\n')
    expect(lines.join('').length).toBeGreaterThan(60_000_000)
    expect(heap.length).toBeGreaterThan(3)
    expect(Math.max(...heap) - heap[0]!).toBeLessThan(25_000_000)

    const ids = lines.map((line) => (JSON.parse(line) as { event_id: string }).event_id)
    expect(new Set(ids).size).toBe(50_000)
    const found: string[] = []
    for (let cursor: string | null = null, page = 0; page < 5; page++) {
      const { rows, nextCursor } = await search.events({ query: 'type:session_check', limit: 1000, cursor })
      found.push(...rows.map(({ eventId }) => eventId))
      cursor = nextCursor
    }
    expect(ids.slice(0, 5_000)).toEqual(found)
  })

  test('left early leave nothing behind', async () => {
    const before = await waiting()
    for await (const { file } of reports.exportRows({ source: 'events', query: '', format: 'jsonl' })) {
      expect(file).toBeNull()
      break
    }
    expect(await waiting()).toEqual(before)
  })

  test('end when the signal aborts, without a file', async () => {
    const before = await waiting()
    const abort = new AbortController()
    const messages: ExportProgress[] = []
    for await (const message of reports.exportRows({ source: 'events', query: '', format: 'csv' }, abort.signal)) {
      messages.push(message)
      abort.abort()
    }
    expect(messages).toEqual([{ rows: expect.any(Number), file: null }])
    expect(await waiting()).toEqual(before)
  })
})

test('an export holds what was there when it began, while more is stored', async () => {
  const insert = (id: string, at: Date) =>
    database.query(`INSERT INTO audit_logs (event_id, action, created_at, source) VALUES ($1, 'flood', $2, 'queue')`, [
      id,
      at,
    ])
  for (let index = 0; index < 1_200; index++) await insert(`old:${index}`, new Date(now.getTime() - index))
  const { pages } = await search.allEvents('type:flood', now)
  let rows = 0
  for await (const page of pages) {
    rows += page.length
    for (let index = 0; index < 50; index++) await insert(`new:${rows}:${index}`, new Date(now.getTime() + 1 + index))
  }
  expect(rows).toBe(1_200)
})

test('each session is exported once, although it becomes active meanwhile', async () => {
  await database.query(
    `INSERT INTO redis_sync_sessions (session_id, user_id, profile, last_active, first_seen, last_seen)
     SELECT md5(n::text), 'mover', 'plain', $1::timestamptz - n * interval '1 second', $1, $1 FROM generate_series(1, 1700) AS n`,
    [now],
  )
  const { pages } = await search.allSessions('user:mover', now)
  const seen: string[] = []
  for await (const page of pages) {
    seen.push(...page.map(({ sessionId }) => sessionId))
    await database.query(`UPDATE redis_sync_sessions SET last_active = $1::timestamptz + interval '1 hour'`, [now])
  }
  expect(seen).toHaveLength(1700)
  expect(new Set(seen).size).toBe(1700)
})

test('what nobody fetched within a day is removed, and nothing else', async () => {
  const folder = path.join(home, 'exports')
  const [stale, fresh, half] = [randomUUID(), randomUUID(), `${randomUUID()}.part`]
  for (const id of [stale, fresh]) await mkdir(path.join(folder, id))
  await writeFile(path.join(folder, half), 'half')
  await writeFile(path.join(folder, 'notes.txt'), "somebody's own")
  const long = new Date(now.getTime() - 25 * 3_600_000)
  for (const name of [stale, half, 'notes.txt']) await utimes(path.join(folder, name), long, long)
  await utimes(path.join(folder, fresh), now, now)
  await reports.sweep()
  const left = await waiting()
  expect(left).toEqual(expect.arrayContaining([fresh, 'notes.txt']))
  expect(left).not.toEqual(expect.arrayContaining([stale]))
  expect(left).not.toEqual(expect.arrayContaining([half]))
})

test('a file made from the cache says so in its name', async () => {
  const cached = async () => ({ store: 'cache' as const, pages: (await search.allSessions('user:nobody', now)).pages })
  const offline = createExports({
    home,
    events: () => Promise.reject(new Error('unused')),
    sessions: cached,
    now: () => now,
  })
  const file = await finished(offline.exportRows({ source: 'sessions', query: '', format: 'jsonl' }))
  expect(file.name).toBe('gatehouse-sessions-2026-11-20T10-00-00Z-cached.jsonl')
})

test('a query that cannot be read fails before a file is begun', async () => {
  const before = await waiting()
  await expect(finished(reports.exportRows({ source: 'events', query: 'usr:x', format: 'csv' }))).rejects.toMatchObject(
    {
      code: 'QUERY_SYNTAX',
    },
  )
  expect(await waiting()).toEqual(before)
})

function exposeGc(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
