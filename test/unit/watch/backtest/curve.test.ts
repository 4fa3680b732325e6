import { describe, expect, test } from 'vitest'
import { planBacktest } from '../../../../src/main/engine/watch/backtest/plan.ts'
import { entitiesOf } from '../../../../src/main/engine/watch/backtest/result-lists.ts'
import { runBacktest } from '../../../../src/main/engine/watch/backtest/run.ts'
import { noFaults, type EventSource } from '../../../../src/main/engine/watch/backtest/source.ts'
import type { Rule } from '../../../../src/main/engine/watch/rule.ts'
import { readRules } from '../../../../src/main/engine/watch/rules/rule-set.ts'
import type { AuditEvent } from '../../../../src/shared/model/event.ts'
import { failure, ruleText, seeded, testRule } from '../support.ts'

/** Bursts and pauses of many users from some addresses. */
function traffic(seed: number): AuditEvent[] {
  const random = seeded(seed)
  let second = 0
  return Array.from({ length: 700 }, () => {
    const pause = random()
    second += pause < 0.02 ? 400 * random() : pause < 0.4 ? 0 : 6 * random()
    return failure(Math.round(second * 10) / 10, {
      userId: `user${Math.floor(random() ** 2 * 12)}`,
      ipAddress: `203.0.113.${Math.floor(random() * 6)}`,
      durationMs: Math.round(random() * 500) / 10,
    })
  })
}

const sourceOf = (events: readonly AuditEvent[]): EventSource => ({
  kind: 'cache',
  name: null,
  async *pages({ fromMs, toMs }) {
    const inside = events.filter(({ createdAt }) => createdAt.getTime() >= fromMs && createdAt.getTime() < toMs)
    for (let from = 0; from < inside.length; from += 97) yield inside.slice(from, from + 97)
  },
  fraction: () => null,
  faults: () => noFaults,
})

async function run(
  rules: readonly Rule[],
  asked: { threshold?: number; curve?: boolean; fromMs?: number },
  events: readonly AuditEvent[],
) {
  const { threshold = null, curve = false, fromMs = Number.NEGATIVE_INFINITY } = asked
  const ruleId = rules.at(-1)?.ruleId ?? ''
  return runBacktest(
    planBacktest({ current: rules, tried: null }, { ruleId, file: null, threshold, curve }),
    sourceOf(events),
    {
      span: { fromMs, toMs: Number.POSITIVE_INFINITY },
      untilMs: Number.POSITIVE_INFINITY,
      suppressed: null,
      versions: () => '',
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
  )
}

const counting = (condition: string, more = '') =>
  testRule(`group-by: [user_id]\ntimespan: 60s\ncondition: {${condition}}`, `gatehouse: {quiet: 2m${more}}`)

const average = readRules(
  'average.yml',
  ruleText('group-by: [user_id]\ntimespan: 60s\ncondition: {field: duration_ms, gt: 25}').replace(
    'event_count',
    'value_avg',
  ),
)

const ofManyUsers = readRules(
  'chain.yml',
  `${ruleText('group-by: [user_id]\ntimespan: 30s\ncondition: {gte: 3}')}---
title: Many of them
name: many
level: high
correlation:
  type: value_count
  rules: [test]
  group-by: [ip_address]
  timespan: 10m
  condition: {field: user_id, gte: 2}
`,
)

const stillOpen = readRules(
  'open.yml',
  `${ruleText(
    'group-by: [user_id]\ntimespan: 60s\ncondition: {field: ip_address, gte: 4}',
    'gatehouse: {kind: open_count}',
  )
    .replace('  type: event_count\n', '')
    .replace('rules: [failed]', 'rules: [failed, ended]')}---
title: End
name: ended
logsource: {product: gatehouse}
detection: {selection: {event_type: logout}, condition: selection}
`,
)

describe.for([1, 2])('the curve, of events %i', (seed) => {
  const events = traffic(seed)
  test.for<[string, Rule[]]>([
    ['a bound that excludes', [counting('gt: 5')]],
    ['a bound that includes', [counting('gte: 8')]],
    ['several levels', [counting('gte: 6', ', raise: [{level: high, timespan: 5m, condition: {gte: 9}}]')]],
    ['several conditions', [counting('gte: 4', ', where: [{value_count: {field: ip_address, gte: 3}}]')]],
    ['a range', [counting('gte: 3, lte: 6')]],
    ['a bound from above', [counting('lte: 3')]],
    ['one value', [counting('eq: 4')]],
    ['an average', [...average]],
    ['a rule over another', ofManyUsers],
    ['a measure that lingers', stillOpen],
  ])('says at each point what a run with that threshold says: %s', async ([, rules]) => {
    const { curve } = await run(rules, { curve: true }, events)
    expect(curve?.points.length).toBeGreaterThan(5)
    for (const { threshold, alerts, entities } of curve?.points ?? []) {
      const { findings } = await run(rules, { threshold }, events)
      expect([threshold, findings.length, entitiesOf(findings).length]).toEqual([threshold, alerts, entities])
    }
  })
})

test('the curve of a bound from below ends where nothing fires any more', async () => {
  const { curve } = await run([counting('gt: 5')], { curve: true }, traffic(4))
  const last = curve?.points.at(-1)
  expect(curve?.highest).toBeGreaterThan(5)
  expect(curve?.points.find(({ threshold }) => threshold === curve.highest)).toMatchObject({ alerts: 0, entities: 0 })
  expect(last?.alerts).toBe(0)
})

test('another threshold is held against the rule as it is', async () => {
  const events = traffic(5)
  const [asIs, higher] = [
    await run([counting('gt: 5')], {}, events),
    await run([counting('gt: 5')], { threshold: 9 }, events),
  ]
  expect(asIs.before).toBeNull()
  expect(higher.before).toEqual(asIs.findings)
  expect(higher.findings.length).toBeLessThan(asIs.findings.length)
  expect(higher.findings.every(({ threshold }) => threshold === 9)).toBe(true)
})

test('what began before the time that is looked at is there as the watcher would have it', async () => {
  const rules = [counting('gt: 5')]
  const past = traffic(6)
  const all = (await run(rules, {}, past)).findings
  const fromMs = (all[Math.floor(all.length / 2)]?.windowEnd.getTime() ?? 0) - 1
  const { findings, events } = await run(rules, { fromMs }, past)
  const late = all.filter(({ windowEnd }) => windowEnd.getTime() >= fromMs)
  expect(late.length).toBeLessThan(all.length)
  // Those that are much longer than windows reach back are there in part.
  const entities = (of: typeof all) => of.map(({ entity }) => entity).toSorted()
  expect(entities(findings)).toEqual(entities(late))
  expect(events.warmUp).toBeGreaterThan(0)
})

test('a threshold and a curve are of one rule', () => {
  const current = [counting('gt: 5')]
  const asked = { ruleId: null, file: null, threshold: 3, curve: false }
  expect(() => planBacktest({ current, tried: null }, asked)).toThrow('of one rule')
  expect(() => planBacktest({ current, tried: null }, { ...asked, ruleId: 'none' })).toThrow('no rule "none"')
})
