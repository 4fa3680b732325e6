import { eventCount } from '../../../src/main/engine/watch/measures/event-count.ts'
import { medianGap } from '../../../src/main/engine/watch/measures/median-gap.ts'
import { openCount } from '../../../src/main/engine/watch/measures/open-count.ts'
import { perValue, valueMax } from '../../../src/main/engine/watch/measures/per-value.ts'
import { streak } from '../../../src/main/engine/watch/measures/streak.ts'
import { temporalOrdered } from '../../../src/main/engine/watch/measures/temporal-ordered.ts'
import { temporal } from '../../../src/main/engine/watch/measures/temporal.ts'
import { travel, travelKm } from '../../../src/main/engine/watch/measures/travel.ts'
import { unresolved } from '../../../src/main/engine/watch/measures/unresolved.ts'
import { valueCount } from '../../../src/main/engine/watch/measures/value-count.ts'
import { valuePercentile } from '../../../src/main/engine/watch/measures/value-percentile.ts'
import { valueAverage, valueSum } from '../../../src/main/engine/watch/measures/value-sum.ts'
import type { Condition, EventInput, Rule, RuleInput, UnseenInput } from '../../../src/main/engine/watch/rule.ts'
import type { ReadField } from '../../../src/main/engine/watch/rules/fields.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'

const seconds = (count: number) => count * 1000
const byUser = (event: AuditEvent) => event.userId
const byAddress = (event: AuditEvent) => event.ipAddress
const facts: ReadField[] = [
  (event) => event.ipAddress,
  (event) => event.userId,
  (event) => event.durationMs,
  (event) => event.userAgent,
]

type Readers = Partial<Pick<EventInput, 'entityOf' | 'facts'>>

/** Events of one type. */
export const ofType = (type: string, readers: Readers = {}): EventInput => ({
  kind: 'events',
  types: new Set([type]),
  matches: (event) => event.type === type,
  entityOf: byUser,
  facts,
  ...readers,
})

export const firingsOf = (ruleId: string, readers: Readers = {}): RuleInput => ({
  kind: 'rule',
  ruleId,
  entityOf: byUser,
  facts,
  ...readers,
})

export const newAgentOf = (type: string, last: number, learnMs: number): UnseenInput => ({
  kind: 'unseen',
  key: `${type} ${last} ${learnMs}`,
  types: new Set([type]),
  matches: (event) => event.type === type,
  learnerOf: byUser,
  valueOf: (event) => event.userAgent,
  last,
  learnMs,
  columns: ['user_id', 'user_agent'],
  entityOf: byUser,
  facts,
})

/** A rule with one level, whose sentence names the window so that any difference of it shows. */
export function ruleOf(
  ruleId: string,
  inputs: Rule['inputs'],
  timespanMs: number,
  conditions: readonly [Condition, ...Condition[]],
  rest: Partial<Rule> = {},
): Rule {
  return {
    ruleId,
    version: 'version of test',
    title: ruleId,
    file: 'test.yml',
    description: null,
    falsePositives: [],
    references: [],
    attack: [],
    entityKind: 'user',
    inputs,
    levels: [{ severity: 'medium', timespanMs, conditions }],
    quietMs: timespanMs,
    summary: {
      write: ({ entity, value, entries }) =>
        `${value} of ${entity}: ${entries.map(({ eventId, inputs: mask }) => `${eventId}/${mask}`).join(' ')}`,
    },
    alerts: true,
    uses: [],
    ...rest,
  }
}

const failures = ofType('failed_login')
const logins = ofType('login')
const checks = ofType('session_check')

/** Each agent has a place of its own; two are so wide that they overlap with others, and one event in six has none. */
const places: Readonly<Record<string, readonly number[]>> = {
  curl: [52, 13, 10],
  wget: [52, 14, 900],
  Firefox: [40, -74, 10],
  Chrome: [-33, 151, 3000],
  Safari: [52, 13, 0],
}
const placed: ReadField[] = [0, 1, 2].map((index) => (event) => places[event.userAgent ?? '']?.[index] ?? null)
const arrivals = ofType('login', { facts: placed })
const sights = ofType('session_check', { facts: placed })

/** A rule of every measure and of every kind of input. */
export const rulesOfAllKinds: readonly Rule[] = [
  ruleOf('values', [failures], seconds(40), [{ measure: valueCount([0]), bounds: { gte: 2 } }]),
  ruleOf(
    'tuples of an address',
    [ofType('failed_login', { entityOf: byAddress }), ofType('login', { entityOf: byAddress })],
    seconds(60),
    [{ measure: valueCount([1, 3]), bounds: { gt: 4 } }],
  ),
  ruleOf('sum', [checks], seconds(30), [{ measure: valueSum(2), bounds: { gte: 100 } }]),
  ruleOf('average', [checks], seconds(30), [
    { measure: valueAverage(2), bounds: { gte: 42.5 } },
    { measure: eventCount, bounds: { gte: 3 } },
  ]),
  ruleOf('percentile', [checks], seconds(60), [{ measure: valuePercentile(2, 90), bounds: { gt: 50, lt: 60 } }], {
    levels: [
      { severity: 'low', timespanMs: seconds(60), conditions: [{ measure: eventCount, bounds: { gte: 3 } }] },
      {
        severity: 'high',
        timespanMs: seconds(90),
        conditions: [{ measure: valuePercentile(2, 90), bounds: { gt: 50, lt: 60 } }],
      },
    ],
  }),
  ruleOf('together', [failures, logins, checks], seconds(30), [{ measure: temporal, bounds: { gte: 3 } }]),
  ruleOf('in order', [failures, logins, checks], seconds(45), [{ measure: temporalOrdered(3), bounds: { gte: 3 } }]),
  ruleOf('in order, later', [failures, logins], seconds(60), [
    { measure: temporalOrdered(2, seconds(20)), bounds: { gte: 2 } },
  ]),
  ruleOf('burst', [failures], seconds(30), [{ measure: eventCount, bounds: { gte: 3 } }], { alerts: false }),
  ruleOf('login after a burst', [firingsOf('burst'), logins], seconds(60), [
    { measure: temporalOrdered(2), bounds: { gte: 2 } },
  ]),
  ruleOf(
    'two bursts from an address',
    [firingsOf('burst', { entityOf: byAddress })],
    seconds(120),
    [{ measure: valueCount([1]), bounds: { gte: 2 } }],
    { quietMs: seconds(180) },
  ),
  ruleOf('above a rule above a rule', [firingsOf('login after a burst'), firingsOf('burst')], seconds(90), [
    { measure: eventCount, bounds: { gte: 4 } },
    { measure: temporal, bounds: { gte: 2 } },
  ]),
  ruleOf('new agent', [newAgentOf('login', 3, seconds(300))], seconds(1), [
    { measure: eventCount, bounds: { gte: 1 } },
  ]),
  ruleOf('new agent after failures', [failures, newAgentOf('login', 3, seconds(300))], seconds(100), [
    { measure: temporalOrdered(2), bounds: { gte: 2 } },
  ]),
  ruleOf('few of each', [failures], seconds(60), [
    { measure: valueCount([0, 3]), bounds: { gte: 3 } },
    { measure: perValue([0, 3]), bounds: { gte: 1.5, lte: 3 } },
    { measure: valueMax([3]), bounds: { lte: 4 } },
  ]),
  ruleOf('most of one', [failures, logins], seconds(50), [{ measure: valueMax([0, 3]), bounds: { gte: 5 } }]),
  ruleOf('slow', [failures], seconds(200), [
    { measure: eventCount, bounds: { gte: 4 } },
    { measure: medianGap, bounds: { gt: 13 } },
  ]),
  ruleOf('open', [logins, failures], seconds(100), [{ measure: openCount([3]), bounds: { gte: 2 } }]),
  ruleOf('open, raised', [failures, logins, checks], seconds(60), [{ measure: openCount([0, 3]), bounds: { gt: 2 } }], {
    levels: [
      { severity: 'low', timespanMs: seconds(60), conditions: [{ measure: openCount([0, 3]), bounds: { gt: 2 } }] },
      { severity: 'high', timespanMs: seconds(80), conditions: [{ measure: openCount([0, 3]), bounds: { gt: 4 } }] },
    ],
  }),
  ruleOf('travel', [arrivals], seconds(300), [
    { measure: travel([0, 1, 2]), bounds: { gte: 900 } },
    { measure: travelKm([0, 1, 2]), bounds: { gte: 500 } },
  ]),
  ruleOf('far', [arrivals, sights], seconds(20), [{ measure: travelKm([0, 1, 2]), bounds: { gte: 5000 } }]),
  ruleOf('won', [failures, logins], seconds(60), [{ measure: streak([], 2), bounds: { gte: 3 } }]),
  ruleOf(
    'won from an address',
    [ofType('failed_login', { entityOf: byAddress }), ofType('login', { entityOf: byAddress })],
    seconds(90),
    [
      { measure: streak([1], 2), bounds: { gte: 6 } },
      { measure: valueCount([1]), bounds: { gte: 2 } },
    ],
  ),
  ruleOf(
    'not won',
    [ofType('failed_login', { entityOf: byAddress }), ofType('login', { entityOf: byAddress })],
    seconds(60),
    [
      { measure: unresolved(eventCount, [1], 1), bounds: { gte: 4 } },
      { measure: unresolved(medianGap, [1], 1), bounds: { gt: 4 } },
    ],
  ),
]
