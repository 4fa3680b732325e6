import { describe, expect, test } from 'vitest'
import { eventOfFact, minuteKey, minuteOf } from '../../../src/main/engine/observe/fact.ts'
import { floors, MinuteFacts, type MinuteReadings } from '../../../src/main/engine/observe/minute-facts.ts'

const quiet: MinuteReadings = {
  logins: 10,
  redisP95Ms: 4,
  waiting: 0,
  failedItems: 0,
  retriedBatches: 0,
  droppedEvents: 0,
  deadLetters: 0,
}
const minute = (index: number) => new Date(Date.UTC(2026, 2, 2, 8, index))

/** An observer that has seen an hour of quiet minutes. */
function settled(): { facts: MinuteFacts; at: Date } {
  const facts = new MinuteFacts()
  for (let index = 0; index < 60; index++) expect(facts.judge(minute(index), quiet)).toEqual([])
  return { facts, at: minute(60) }
}

/** What a minute after the quiet hour tells, by kind. */
function after(readings: Partial<MinuteReadings>) {
  const { facts, at } = settled()
  return Object.fromEntries(facts.judge(at, { ...quiet, ...readings }).map(({ kind, metadata }) => [kind, metadata]))
}

describe('a minute beside the hour before it', () => {
  test('tells nothing when it is like the others', () => expect(after({})).toEqual({}))

  test('tells a surge of logins, with how many times the median it is', () => {
    expect(after({ logins: 31 })).toEqual({ login_surge: { logins: 31, median: 10, ratio: 3.1 } })
    expect(after({ logins: floors.logins - 1 })).toEqual({})
  })

  test('tells a spike of latency, but not one that nobody feels', () => {
    expect(after({ redisP95Ms: 12.04 })).toEqual({ latency_spike: { p95_ms: 12, median_ms: 4, ratio: 3 } })
    expect(after({ redisP95Ms: 7.7 })).toEqual({})
    const facts = new MinuteFacts()
    for (let index = 0; index < 60; index++) facts.judge(minute(index), { ...quiet, redisP95Ms: 0.2 })
    expect(facts.judge(minute(60), { ...quiet, redisP95Ms: 4 })).toEqual([])
  })

  test('tells what waits, what failed and what was dropped', () => {
    expect(after({ waiting: 1_000 })).toEqual({ queue_backlog: { waiting: 1_000 } })
    expect(after({ waiting: 999 })).toEqual({})
    expect(after({ failedItems: 15, retriedBatches: 5 })).toEqual({
      write_failures: { per_minute: 20, failed: 15, retried: 5 },
    })
    expect(after({ failedItems: 19 })).toEqual({})
    expect(after({ deadLetters: 130 })).toEqual({ write_failures: { per_minute: 130, failed: 130, retried: 0 } })
    expect(after({ droppedEvents: 1 })).toEqual({ events_dropped: { count: 1 } })
  })

  test('takes what is not known for neither good nor bad', () => {
    const unknown = { logins: null, redisP95Ms: null, waiting: null, droppedEvents: null, deadLetters: null }
    const { facts, at } = settled()
    expect(facts.judge(at, { ...quiet, ...unknown })).toEqual([])
    // What grew while nobody could look is told when somebody can.
    expect(facts.judge(minute(61), { ...quiet, droppedEvents: 7 }).map(({ metadata }) => metadata)).toEqual([
      { count: 7 },
    ])
    // Redis was emptied: its counters began anew.
    expect(facts.judge(minute(62), { ...quiet, droppedEvents: 0 })).toEqual([])
  })

  test('knows nothing as typical before it has seen enough, and takes over what is stored', () => {
    const facts = new MinuteFacts()
    expect(facts.judge(minute(0), { ...quiet, logins: 500, redisP95Ms: 900 })).toEqual([])
    const told = new MinuteFacts()
    told.recall(Array.from({ length: 60 }, () => 100))
    expect(told.judge(minute(0), { ...quiet, logins: 300 })).toHaveLength(1)
  })

  test('does not count the first look at counters that are older than it', () => {
    expect(new MinuteFacts().judge(minute(0), { ...quiet, droppedEvents: 900, failedItems: 900 })).toEqual([])
  })
})

test('a fact told twice is one row: time and id come from the minute', () => {
  const at = minuteOf(Date.UTC(2026, 2, 2, 8, 7, 31))
  const fact = {
    kind: 'queue_backlog',
    at,
    key: minuteKey(at),
    description: 'x',
    metadata: { waiting: 2_000 },
  } as const
  expect(eventOfFact(fact)).toEqual(eventOfFact({ ...fact }))
  expect(eventOfFact(fact)).toMatchObject({
    eventId: 'obs:queue_backlog:2026-03-02T08:07',
    createdAt: new Date('2026-03-02T08:07:00Z'),
    kind: 'log',
    type: 'queue_backlog',
    category: 'warning',
    source: 'gatehouse',
    metadata: { waiting: 2_000 },
  })
})
