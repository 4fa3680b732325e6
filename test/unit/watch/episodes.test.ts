import { describe, expect, test } from 'vitest'
import type { AlertChange, Finding } from '../../../src/main/engine/watch/alert-change.ts'
import { createEngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import type { Rule } from '../../../src/main/engine/watch/rule.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'
import { ofType } from './engine-rules.ts'
import { at, failure, Ledger, shippedRule, testRule } from './support.ts'

const latenessMs = 60_000
const account = shippedRule('brute-force-account')
const engineOf = (...rules: Parameters<typeof createEngineOfRules>[0]) => createEngineOfRules(rules, { latenessMs })
const alertsIn = (changes: readonly AlertChange[]): Finding[] =>
  changes.flatMap((change) => (change.kind === 'raised' ? [change.alert] : []))
const seconds = (count: number, step: number, from = 0) =>
  Array.from({ length: count }, (_, index) => from + index * step)

describe('a window', () => {
  test('more than 5 in 60 s is 6, not 5', () => {
    const engine = engineOf(account)
    expect(engine.push(seconds(5, 10).map((second) => failure(second)))).toEqual([])
    const [alert] = alertsIn(engine.push([failure(50)]))
    expect(alert).toMatchObject({ value: 6, threshold: 5, timespanMs: 60_000, eventCount: 6, severity: 'medium' })
  })

  test('an event exactly the timespan old is inside, one a millisecond older is not', () => {
    expect(alertsIn(engineOf(account).push([0, 12, 24, 36, 48, 60].map((second) => failure(second))))).toHaveLength(1)
    expect(alertsIn(engineOf(account).push([0, 12, 24, 36, 48, 60.001].map((second) => failure(second))))).toEqual([])
  })

  test('counts an event that stands for several with its weight', () => {
    const [alert] = alertsIn(
      engineOf(account).push([failure(0, { metadata: { count: 4 } }), failure(1, { metadata: { repeat: 2 } })]),
    )
    expect(alert).toMatchObject({ value: 6, eventCount: 2 })
    const nonsense = [{ count: -7 }, { count: 'many' }, { count: 1.5 }, { count: null }, { count: true }]
    expect(engineOf(account).push(nonsense.map((metadata, index) => failure(index, { metadata })))).toEqual([])
  })

  test('is one for each entity, and an event without the field is in none', () => {
    const events = seconds(12, 1).map((second) => failure(second, { userId: second % 2 ? 'alice' : 'bob' }))
    const nobody = seconds(12, 1).map((second) => failure(second, { userId: null }))
    const alerts = alertsIn(engineOf(account).push([...events, ...nobody]))
    expect(alerts.map(({ entity, entityKind }) => `${entityKind} ${entity}`)).toEqual(['user bob', 'user alice'])
  })

  test('does not count an event twice that is read twice', () => {
    const events = seconds(5, 1).map((second) => failure(second))
    const engine = engineOf(account)
    expect([...engine.push(events), ...engine.push(events), ...engine.push([events[0]!])]).toEqual([])
  })

  test('keeps bounds from both sides', () => {
    const rule = testRule('group-by: [user_id]\ntimespan: 1m\ncondition: {gte: 2, lt: 3}')
    const [alert] = alertsIn(engineOf(rule).push([failure(0), failure(1)]))
    expect(alert).toMatchObject({
      value: 2,
      threshold: 2,
      summary: '2 events of alice within 1 s, at least 2 and fewer than 3 in 60 s',
    })
  })
})

describe('an episode', () => {
  test('is one alert that grows, and is not raised again for each further event', () => {
    const engine = engineOf(account)
    const ledger = new Ledger()
    for (const second of seconds(20, 5)) ledger.apply(engine.push([failure(second)]))
    const [only, ...others] = ledger.alerts.values()
    expect(others).toEqual([])
    expect(only?.events.size).toBe(20)
    expect(only?.alert).toMatchObject({
      windowStart: new Date(at(0)),
      windowEnd: new Date(at(95)),
      eventCount: 20,
      closedAt: null,
    })
  })

  test('grows with slow events that would not have opened it', () => {
    const engine = engineOf(account)
    engine.push(seconds(6, 1).map((second) => failure(second)))
    const [alert] = alertsIn(engine.push([failure(200)]))
    expect(alert).toMatchObject({ eventCount: 7, value: 6, closedAt: null })
  })

  test('lasts while no more than the quiet window passes, and ends that long after its last event', () => {
    const rule = testRule('group-by: [user_id]\ntimespan: 60s\ncondition: {gt: 5}')
    const burst = seconds(6, 1).map((second) => failure(second))
    const further = (second: number) => {
      const engine = engineOf(rule)
      return alertsIn([...engine.push([...burst, failure(second)]), ...engine.advance(at(10_000))]).at(-1)
    }
    expect(further(65)).toMatchObject({ eventCount: 7, closedAt: new Date(at(125)) })
    expect(further(65.001)).toMatchObject({ eventCount: 6, closedAt: new Date(at(65)) })
  })

  test('ends by the events of others, once none of its own could still come in time', () => {
    const engine = engineOf(account)
    engine.push(seconds(6, 1).map((second) => failure(second)))
    const bob = (second: number) => engine.push([failure(second, { userId: 'bob' })])
    expect(bob(5 + 300 + 60)).toEqual([])
    expect(engine.openAlerts).toHaveLength(1)
    expect(alertsIn(bob(5 + 300 + 60.001))).toMatchObject([{ eventCount: 6, closedAt: new Date(at(305)) }])
    expect(engine.openAlerts).toEqual([])
  })

  test('ends when it is said that no more events come, and goes on under the same name if one does', () => {
    const engine = engineOf(account)
    const ledger = new Ledger()
    ledger.apply(engine.push(seconds(6, 1).map((second) => failure(second))))
    ledger.apply(engine.advance(at(1000)))
    expect([...ledger.alerts.values()]).toMatchObject([{ alert: { closedAt: new Date(at(305)) } }])
    ledger.apply(engine.push([failure(250)]))
    expect([...ledger.alerts.values()]).toMatchObject([{ alert: { eventCount: 7, closedAt: new Date(at(550)) } }])
  })

  test('that comes after another of the same entity is another alert', () => {
    const ledger = new Ledger()
    ledger.apply(engineOf(account).push([...seconds(6, 1), ...seconds(6, 1, 400)].map((second) => failure(second))))
    expect([...ledger.alerts.values()].map(({ alert }) => alert.windowStart.getTime())).toEqual([at(0), at(400)])
  })

  test('is raised to the level that its longer window reaches, and speaks of that', () => {
    const engine = engineOf(account)
    engine.push(seconds(29, 10).map((second) => failure(second)))
    const [alert] = alertsIn(engine.push([failure(290)]))
    expect(alert).toMatchObject({
      severity: 'high',
      value: 30,
      threshold: 30,
      timespanMs: 300_000,
      summary: '30 failed logins for alice within 4 min 50 s, at least 30 in 5 min, from 1 address',
    })
  })
})

describe('a late event', () => {
  test('is placed where it belongs and opens the alert that it completes', () => {
    const engine = engineOf(account)
    expect(engine.push([0, 10, 20, 30, 50].map((second) => failure(second)))).toEqual([])
    expect(engine.push([failure(100)])).toEqual([])
    const [alert] = alertsIn(engine.push([failure(45)]))
    expect(alert).toMatchObject({ value: 6, eventCount: 7, windowStart: new Date(at(0)), windowEnd: new Date(at(100)) })
  })

  test('that shows an earlier beginning puts one alert in the place of the other, with all events', () => {
    const engine = engineOf(account)
    const ledger = new Ledger()
    ledger.apply(engine.push(seconds(6, 1, 10).map((second) => failure(second))))
    const [before] = ledger.alerts.keys()
    const changes = engine.push([failure(5)])
    ledger.apply(changes)
    const [after, ...others] = ledger.alerts.keys()
    expect(others).toEqual([])
    expect(changes.at(-1)).toEqual({ kind: 'withdrawn', alertId: before, replacedBy: after })
    expect(ledger.alerts.get(after!)?.events.size).toBe(7)
  })

  test('that bridges two episodes makes them one', () => {
    const rule = testRule('group-by: [user_id]\ntimespan: 30s\ncondition: {gt: 5}')
    const engine = engineOf(rule)
    const ledger = new Ledger()
    ledger.apply(engine.push([...seconds(6, 1), ...seconds(6, 1, 40)].map((second) => failure(second))))
    expect(ledger.alerts.size).toBe(2)
    ledger.apply(engine.push([failure(20)]))
    expect([...ledger.alerts.values()].map(({ events }) => events.size)).toEqual([13])
  })

  test('that comes too late is named, and changes nothing', () => {
    const late: string[] = []
    const engine = createEngineOfRules([account], { latenessMs, report: (_reason, key) => late.push(key) })
    engine.push(seconds(5, 10).map((second) => failure(second)))
    engine.push([failure(200)])
    const missed = failure(39)
    expect(engine.push([missed])).toEqual([])
    expect(late).toEqual([missed.eventId])
  })

  test('is counted however late, where its entity has nothing newer: a backlog may be stored in any order', () => {
    const engine = engineOf(account)
    engine.push([failure(86_400, { userId: 'bob' })])
    const alerts = seconds(6, 1).flatMap((second) => {
      const newest = failure(86_400 + 20 * second, { userId: 'bob' })
      return alertsIn(engine.push([failure(second), newest]))
    })
    expect(alerts).toMatchObject([{ entity: 'alice', eventCount: 6 }])
  })
})

describe('an event from the future', () => {
  test('is named and counted in its own window, and no other window moves for it', () => {
    const future: string[] = []
    const engine = createEngineOfRules([account], { latenessMs, report: (_reason, key) => future.push(key) })
    engine.push(
      seconds(5, 1).map((second) => failure(second)),
      at(10),
    )
    const ahead = seconds(6, 1, 86_400).map((second) => failure(second))
    expect(alertsIn(engine.push(ahead, at(10)))).toMatchObject([{ windowStart: new Date(at(86_400)), eventCount: 6 }])
    expect(future).toEqual(ahead.map(({ eventId }) => eventId))
    expect(engine.clockMs).toBe(at(4))
    const now = { windowStart: new Date(at(0)), eventCount: 6, closedAt: null }
    expect(alertsIn(engine.push([failure(6)], at(10)))).toMatchObject([now])
  })
})

test('an event that a rule fails at is told, and the others are judged', () => {
  const told: string[] = []
  const input = ofType('failed_login', {
    entityOf: ({ eventId, userId }) => {
      if (eventId === 'poison') throw new Error('no such thing')
      return userId
    },
    facts: account.inputs[0].facts,
  })
  const fails: Rule = { ...account, ruleId: 'fails', inputs: [input] }
  const engine = createEngineOfRules([fails], { latenessMs, report: (reason, key) => told.push(`${reason} ${key}`) })
  const events = seconds(6, 1).map((second) => failure(second))
  const changes = engine.push([...events, failure(2.5, { eventId: 'poison' as EventId })])
  expect(alertsIn(changes)).toMatchObject([{ ruleId: 'fails', eventCount: 6 }])
  expect(told).toEqual([expect.stringContaining('poison: no such thing')])
})

test('memory is bounded: entities are forgotten when the stream has left them behind', () => {
  const engine = engineOf(account)
  const burst = (userId: string, from: number) => seconds(6, 1, from).map((second) => failure(second, { userId }))
  for (let from = 0; from < 100_000; from += 1000) engine.push(burst(`user ${from}`, from))
  expect(engine.entries).toBeLessThan(20)
})

test('memory is bounded: one entity in a flood', () => {
  const reasons = new Set<string>()
  const engine = createEngineOfRules([account], { latenessMs, report: (reason) => reasons.add(reason) })
  const ledger = new Ledger()
  for (let batch = 0; batch < 30; batch++) {
    ledger.apply(engine.push(Array.from({ length: 1000 }, (_, index) => failure(batch + index / 1000))))
  }
  expect(engine.entries).toBeLessThanOrEqual(20_000)
  expect([...reasons]).toEqual([expect.stringContaining('lower bound')])
  expect([...ledger.alerts.values()].map(({ alert, events }) => [alert.eventCount, events.size])).toEqual([
    [30_000, 30_000],
  ])
})

describe('a busy entity of which nothing is said for long', () => {
  const other = { ipAddress: '198.51.100.9' }
  /** Failed logins ten a second, the last one from another address, in portions. */
  function alertAfter(timespan: string, count: number, portion: number) {
    const where = 'gatehouse: {where: [{value_count: {field: ip_address, gte: 2}}]}'
    const engine = engineOf(testRule(`group-by: [user_id]\ntimespan: ${timespan}\ncondition: {gte: 5}`, where))
    for (let from = 0; from < count; from += portion) {
      const events = Array.from({ length: portion }, (_, index) => failure((from + index) / 10))
      expect(engine.push(events)).toEqual([])
    }
    return alertsIn(engine.push([failure(count / 10, other)]))
  }

  test('has windows as long as they should be when something happens', () => {
    expect(alertAfter('60s', 5_000, 100)).toMatchObject([{ value: 601, eventCount: 601 }])
  })

  test('has counted no more than it remembers, where that is too much', () => {
    const [alert] = alertAfter('3000s', 30_000, 2_000)
    expect(alert?.value).toBeGreaterThan(18_000)
    expect(alert?.value).toBeLessThanOrEqual(20_001)
    expect(alert?.eventCount).toBe(alert?.value)
  })
})

test('memory is bounded: more entities than there is room for', () => {
  const reasons = new Set<string>()
  const report = (reason: string) => reasons.add(reason)
  const engine = createEngineOfRules([account], { latenessMs, report, maxBytes: 650_000 })
  for (let from = 0; from < 20; from++) {
    engine.push(Array.from({ length: 200 }, (_, user) => failure(from, { userId: `user ${from} ${user}` })))
  }
  expect(engine.entries).toBeLessThanOrEqual(1_000)
  expect([...reasons]).toEqual([expect.stringContaining('quiet the longest')])
  // The latest are still there.
  const alerts = alertsIn(engine.push(seconds(5, 1, 20).map((second) => failure(second, { userId: 'user 19 7' }))))
  expect(alerts).toMatchObject([{ entity: 'user 19 7', value: 6 }])
})

describe('memory is bounded: packed entities', () => {
  /** One failure each of so many users within four minutes, which is within the quiet time of the rule. */
  function manyUsers(maxBytes?: number) {
    const problems: string[] = []
    const report = (reason: string, key: string) => problems.push(`${reason}: ${key}`)
    const engine = createEngineOfRules([account], { latenessMs, report, maxBytes, hotLimit: 0 })
    for (let from = 0; from < 240; from += 5) {
      engine.push(Array.from({ length: 200 }, (_, user) => failure(from, { userId: `user ${from} ${user}` })))
    }
    return { engine, problems }
  }

  test('are all still counted', () => {
    const { engine, problems } = manyUsers()
    expect(engine.entries).toBe(48 * 200)
    const alerts = alertsIn(engine.push(seconds(5, 1, 240).map((second) => failure(second, { userId: 'user 190 7' }))))
    expect(alerts).toMatchObject([{ entity: 'user 190 7', value: 6 }])
    expect(problems).toEqual([])
  })

  test('are forgotten when the stream has left them behind', () => {
    const { engine } = manyUsers()
    engine.push([failure(3_600, { userId: 'alice' })])
    engine.push([failure(7_200, { userId: 'alice' })])
    expect(engine.entries).toBeLessThan(5)
  })

  test('are let go, those that were quiet the longest first, when there is no room for them', () => {
    const { engine, problems } = manyUsers(700_000)
    expect(engine.entries).toBeLessThan(7_000)
    expect(problems).toContainEqual(expect.stringContaining(': user 0 199'))
    expect(problems.filter((problem) => problem.includes('user 235 '))).toEqual([])
    expect(new Set(problems).size).toBe(problems.length)
    expect(problems.length + engine.entries).toBe(48 * 200)
  })
})
