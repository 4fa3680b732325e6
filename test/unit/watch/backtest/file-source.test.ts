import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { eventLines } from '../../../../src/main/engine/backtest-lines.ts'
import { createSessionIds } from '../../../../src/main/engine/session-ids.ts'
import { fileSource } from '../../../../src/main/engine/watch/backtest/file-source.ts'
import { inOrder } from '../../../../src/main/engine/watch/backtest/in-order.ts'
import { blankEvent, type AuditEvent } from '../../../../src/shared/model/event.ts'
import type { EventId } from '../../../../src/shared/model/ids.ts'
import { createTempDir } from '../../../helpers/temp.ts'
import { at, failure, seeded } from '../support.ts'

const decoder = eventLines(createSessionIds('hmac', () => Buffer.alloc(32, 7)))
const everything = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

async function read(text: string, span = everything) {
  const file = path.join((await createTempDir()).path, 'events.jsonl')
  await writeFile(file, text)
  const source = fileSource(file, decoder)
  const events: AuditEvent[] = []
  for await (const page of source.pages(span, new AbortController().signal)) events.push(...page)
  return { events, ...source.faults(), fraction: source.fraction() }
}

const item = (seconds: number, fields: object = {}) =>
  JSON.stringify({
    event_type: 'failed_login',
    user_id: 'alice',
    created_at: new Date(at(seconds)).toISOString(),
    ...fields,
  })

test('lines in any order come by time, as many as there are', async () => {
  const random = seeded(3)
  const seconds = Array.from({ length: 20_000 }, (_, index) => Math.floor(index / 3))
  const shuffled = seconds.map((second) => ({ second, by: random() })).toSorted((a, b) => a.by - b.by)
  const { events, outOfOrder, fraction } = await read(shuffled.map(({ second }) => item(second)).join('\n'))
  expect(events.map(({ createdAt }) => createdAt.getTime())).toEqual(seconds.map(at))
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(20_000)
  expect(outOfOrder).toBeGreaterThan(0)
  expect(fraction).toBe(1)
})

test('events of one millisecond without identities stay in the order of their lines', async () => {
  const { events, outOfOrder } = await read(
    Array.from({ length: 12 }, (_, n) => item(0, { user_id: `u${n}` })).join('\n'),
  )
  expect(events.map(({ userId }) => userId)).toEqual(Array.from({ length: 12 }, (_, n) => `u${n}`))
  expect(outOfOrder).toBe(0)
})

test('what is no event is named by its line, and the rest goes on', async () => {
  const lines = [
    item(1),
    '{"event_type": "login"',
    '',
    JSON.stringify({ event_type: 'login', user_id: 'x' }),
    item(2, { created_at: 'yesterday' }),
    JSON.stringify({ hello: 'world', timestamp: '2026-03-02T00:00:00Z' }),
    `"${'x'.repeat(9 * 1024 * 1024)}"`,
    `${item(3)}\r`,
    item(4, { session_id: {} }),
  ]
  const { events, badLines } = await read(`${lines.join('\n')}\n`)
  expect(events.map(({ createdAt }) => createdAt.getTime())).toEqual([at(1), at(3)])
  expect(badLines).toEqual({
    total: 6,
    rows: [
      { line: 2, reason: expect.stringMatching(/^broken JSON/) },
      { line: 4, reason: expect.stringMatching(/^no created_at or timestamp/) },
      { line: 5, reason: expect.stringMatching(/^no created_at or timestamp/) },
      { line: 6, reason: expect.stringMatching(/^no known dialect/) },
      { line: 7, reason: expect.stringMatching(/^longer than 8 MiB/) },
      { line: 9, reason: expect.stringMatching(/^session_id is an object/) },
    ],
  })
})

test('events that a search or an export has printed are what they were', async () => {
  const event = failure(5, { userAgent: 'curl/8', metadata: { reason: 'password' }, expiresAt: new Date(at(60)) })
  const snake = Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
  const { events, badLines } = await read(
    `${JSON.stringify(event)}\n${JSON.stringify({ ...snake, event_id: 'other' })}`,
  )
  expect(badLines.rows).toEqual([])
  expect(events).toEqual([event, { ...event, eventId: 'other' }])
})

test('only the time that is asked for is read', async () => {
  const { events } = await read([1, 2, 3, 4].map((second) => item(second)).join('\n'), { fromMs: at(2), toMs: at(4) })
  expect(events.map(({ createdAt }) => createdAt.getTime())).toEqual([at(2), at(3)])
})

test('a file that is not there says so', async () => {
  const source = fileSource('/nowhere/events.jsonl', decoder)
  await expect(source.pages(everything, new AbortController().signal)[Symbol.asyncIterator]().next()).rejects.toThrow(
    'cannot be read',
  )
})

test('events of one millisecond are not torn apart by pages, and have one order', async () => {
  const named = (name: string, seconds: number) =>
    blankEvent({ eventId: name as EventId, createdAt: new Date(at(seconds)), kind: 'log', type: 'x', source: 'queue' })
  async function* pages() {
    yield [named('a', 1), named('c', 2)]
    yield []
    yield [named('b', 2)]
    yield [named('d', 2), named('a', 3)]
  }
  const found: string[][] = []
  for await (const page of inOrder(pages())) found.push(page.map(({ eventId }) => eventId))
  expect(found).toEqual([['a'], ['b', 'c', 'd'], ['a']])
})
