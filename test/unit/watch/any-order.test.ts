import { describe, expect, test } from 'vitest'
import { createEngineOfRules, type EngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import { restore, type StoredPast } from '../../../src/main/engine/watch/restore.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import { rulesOfAllKinds } from './engine-rules.ts'
import { at, failure, Ledger, seeded, shippedRule, testRule } from './support.ts'

const latenessMs = 60_000
const seeds = Array.from({ length: 25 }, (_, index) => index + 1)
const rules = [
  shippedRule('brute-force-account'),
  shippedRule('brute-force-address'),
  ...['gte: 3', 'gte: 2, lt: 4', 'eq: 3', 'lte: 2', 'neq: 1'].flatMap((condition, index) => [
    { ...testRule(`group-by: [user_id]\ntimespan: 30s\ncondition: {${condition}}`), ruleId: `short ${index}` },
    {
      ...testRule(
        `group-by: [user_id, ip_address]\ntimespan: 20s\ncondition: {${condition}}`,
        'gatehouse: {quiet: 2m, raise: [{level: high, timespan: 4m, condition: {gte: 9}}]}',
      ),
      ruleId: `long ${index}`,
    },
  ]),
  ...rulesOfAllKinds,
]

/** Hides what one user does from one address, for a while. */
const suppressed = (event: AuditEvent, ruleId: string) =>
  ruleId !== 'burst' &&
  event.ipAddress === '198.51.100.9' &&
  event.userId === 'bob' &&
  event.createdAt.getTime() % 7 < 5
const newEngine = (hotLimit?: number) => createEngineOfRules(rules, { latenessMs, suppressed, hotLimit })

/** Bursts and pauses of three users from two addresses over an hour or so, with weights and shared milliseconds. */
function traffic(random: () => number): AuditEvent[] {
  let second = 0
  return Array.from({ length: 400 }, () => {
    const pause = random()
    second += pause < 0.03 ? 400 * random() : pause < 0.2 ? 0 : 12 * random()
    return failure(Math.round(second * 10) / 10, {
      userId: ['alice', 'bob', 'carol'][Math.floor(random() * 3)] ?? null,
      ipAddress: ['203.0.113.7', '198.51.100.9'][Math.floor(random() * 2)] ?? null,
      metadata: random() < 0.1 ? { count: 1 + Math.floor(random() * 4) } : {},
      type: ['login', 'session_check'][Math.floor(random() * 5)] ?? 'failed_login',
      durationMs: random() < 0.8 ? Math.round(random() * 600) / 10 : null,
      userAgent: ['curl', 'wget', 'Firefox', 'Chrome', 'Safari', null][Math.floor(random() ** 2 * 6)] ?? null,
    })
  })
}

/** Each event comes up to `delayMs` after it happened. */
function asItArrives(events: readonly AuditEvent[], random: () => number, delayMs = latenessMs): AuditEvent[] {
  const arrivals = events.map((event) => ({ event, atMs: event.createdAt.getTime() + random() * delayMs }))
  return arrivals.toSorted((a, b) => a.atMs - b.atMs).map(({ event }) => event)
}

function portions(events: readonly AuditEvent[], random: () => number): AuditEvent[][] {
  const result: AuditEvent[][] = []
  for (let from = 0; from < events.length;) {
    const size = 1 + Math.floor(random() ** 3 * 60)
    result.push(events.slice(from, from + size))
    from += size
  }
  return result
}

/** What a back-test over the same events says. */
function backTest(events: readonly AuditEvent[], untilMs = Number.NEGATIVE_INFINITY): Ledger {
  const ledger = new Ledger()
  const engine = newEngine()
  ledger.apply([...engine.push(events), ...engine.advance(untilMs)])
  return ledger
}

test('the traffic of these tests alarms every rule, and suppresses', () => {
  const events = seeds.map((seed) => backTest(traffic(seeded(seed))))
  const alerts = events.flatMap((ledger) => [...ledger.alerts.values()].map(({ alert }) => alert))
  const raising = new Set(alerts.map(({ ruleId }) => ruleId))
  const silent = rules.filter(({ ruleId, alerts: raises }) => raises && !raising.has(ruleId))
  expect(silent.map(({ ruleId }) => ruleId)).toEqual([])
  expect(alerts.some(({ suppressedCount }) => suppressedCount > 0)).toBe(true)
})

describe('the same events give the same alerts, byte for byte', () => {
  test.each(seeds)('in any order and portions that arrive in time (seed %i)', (seed) => {
    const random = seeded(seed)
    const events = traffic(random)
    const ledger = new Ledger()
    const engine = newEngine()
    for (const portion of portions(asItArrives(events, random), random)) ledger.apply(engine.push(portion))
    expect(ledger.alerts.size).toBeGreaterThan(10)
    expect(ledger.text()).toBe(backTest(events).text())
  })

  test.each(seeds)('with quiet groups packed at once, or nearly all of them (seed %i)', (seed) => {
    const random = seeded(seed * 31)
    const events = traffic(random)
    const ledger = new Ledger()
    const engine = newEngine(seed % 2 === 0 ? 0 : 20)
    for (const portion of portions(asItArrives(events, random), random)) ledger.apply(engine.push(portion))
    expect(ledger.text()).toBe(backTest(events).text())
  })

  test.each(seeds)('with restarts in between, of which none writes anything (seed %i)', async (seed) => {
    const random = seeded(seed * 1000)
    const events = traffic(random)
    const ledger = new Ledger()
    const read: AuditEvent[] = []
    let engine: EngineOfRules = newEngine()
    for (const portion of portions(asItArrives(events, random), random)) {
      if (random() < 0.2) {
        engine = newEngine(seed % 2 === 0 ? 0 : undefined)
        expect(await restore(engine, rules, pastOf(read, ledger), Number.POSITIVE_INFINITY)).toEqual([])
      }
      ledger.apply(engine.push(portion))
      read.push(...portion)
    }
    expect(ledger.text()).toBe(backTest(events).text())
  })
})

describe('an event that the mirror inferred', () => {
  /** Some events were inferred first, a little later than they happened, under another name and without an address. */
  function inferredFirst(events: readonly AuditEvent[], random: () => number): AuditEvent[][] {
    return events.map((event) => {
      if (random() > 0.3) return [event]
      const createdAt = new Date(event.createdAt.getTime() + Math.floor(random() * 5_000))
      const eventId = `mirror:${event.eventId}` as AuditEvent['eventId']
      const inferred: AuditEvent = {
        ...event,
        eventId,
        createdAt,
        source: 'mirror',
        ipAddress: '192.0.2.1',
        metadata: {},
      }
      return [inferred, { ...event, metadata: { ...event.metadata, supersedes: eventId } }]
    })
  }

  test.each(seeds)('counts once, and as the application tells it (seed %i)', (seed) => {
    const random = seeded(seed * 77)
    const events = traffic(random)
    const pairs = inferredFirst(events, random)
    const place = new Map(asItArrives(events, random, latenessMs - 5_000).map((event, index) => [event.eventId, index]))
    const arrivals = pairs
      .toSorted((a, b) => (place.get(a.at(-1)!.eventId) ?? 0) - (place.get(b.at(-1)!.eventId) ?? 0))
      .flat()
    const ledger = new Ledger()
    const engine = newEngine(seed % 2 === 0 ? 0 : undefined)
    for (const portion of portions(arrivals, random)) ledger.apply(engine.push(portion))
    // The last that was inferred may have moved the clock a little further.
    ledger.apply(engine.advance(at(86_400)))
    const told = pairs.map((pair) => pair.at(-1)!)
    expect(ledger.text()).toBe(backTest(told, at(86_400)).text())
  })

  test('counts once also when the report of it comes after its time', () => {
    const engine = createEngineOfRules([shippedRule('brute-force-account')], { latenessMs })
    const told = Array.from({ length: 5 }, (_, second) => failure(second))
    const inferred = told.map((event) => ({
      ...event,
      eventId: `mirror:${event.eventId}` as AuditEvent['eventId'],
      source: 'mirror' as const,
    }))
    engine.push(inferred)
    engine.push([failure(300, { userId: 'bob' })])
    const reported = told.map((event, index) => ({ ...event, metadata: { supersedes: inferred[index]!.eventId } }))
    expect(engine.push(reported)).toEqual([])
  })
})

test('an engine with a new rule raises what the events that windows still reach say of it', async () => {
  const events = Array.from({ length: 6 }, (_, second) => failure(second))
  const engine = newEngine()
  const changes = await restore(engine, rules, pastOf(events, new Ledger()), Number.POSITIVE_INFINITY)
  const ledger = new Ledger()
  ledger.apply(changes)
  expect(ledger.text()).toBe(backTest(events).text())
})

/** What the tables would say. */
function pastOf(read: readonly AuditEvent[], ledger: Ledger): StoredPast {
  const ordered = read.toSorted(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.eventId < b.eventId ? -1 : 1),
  )
  const timeOf = new Map(read.map((event) => [String(event.eventId), event]))
  const alerts = [...ledger.alerts.values()]
  return {
    markMs: () => Promise.resolve(ordered.at(-1)?.createdAt.getTime() ?? null),
    async *events({ fromMs, toMs, types }) {
      const inRange = ordered.filter(({ createdAt, type }) => {
        const atMs = createdAt.getTime()
        return atMs >= fromMs && atMs < toMs && (types?.has(type) ?? true)
      })
      for (let from = 0; from < inRange.length; from += 50) yield inRange.slice(from, from + 50)
    },
    learned({ beforeMs, input }, onSights) {
      const { types } = input
      onSights(ordered.filter((event) => event.createdAt.getTime() < beforeMs && (types?.has(event.type) ?? true)))
      return Promise.resolve()
    },
    spanning: (beforeMs) =>
      Promise.resolve(
        alerts.flatMap(({ alert, events }) => {
          const beforeOfRule = beforeMs.get(alert.ruleId) ?? Number.NEGATIVE_INFINITY
          if (alert.windowStart.getTime() >= beforeOfRule || alert.windowEnd.getTime() < beforeOfRule) return []
          const members = ordered.filter(({ eventId }) => events.has(eventId))
          const earlier = members.filter(({ createdAt }) => createdAt.getTime() < beforeOfRule)
          const first = timeOf.get(members[0]!.eventId)!
          return [
            {
              ...alert,
              first: { eventId: first.eventId, atMs: first.createdAt.getTime() },
              earlierCount: earlier.length,
              earlierLastMs: earlier.at(-1)!.createdAt.getTime(),
            },
          ]
        }),
      ),
    alertsSince: (fromMs) =>
      Promise.resolve(alerts.map(({ alert }) => alert).filter(({ windowEnd }) => windowEnd.getTime() >= fromMs)),
  }
}
