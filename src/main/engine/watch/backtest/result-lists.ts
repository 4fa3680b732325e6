import { Severity, type Finding } from '../../../../shared/model/alert.ts'
import {
  maxListed,
  type BacktestResult,
  type EntityAlerts,
  type RuleAlerts,
} from '../../../../shared/model/backtest.ts'

const gravity = (severity: Severity): number => Severity.options.indexOf(severity)
const graver = (a: Severity, b: Severity): Severity => (gravity(b) > gravity(a) ? b : a)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What the rules say of each entity, those with the most alerts first. */
export function entitiesOf(findings: readonly Finding[]): EntityAlerts[] {
  const entities = new Map<string, EntityAlerts>()
  for (const { entityKind, entity, severity, ruleId, windowStart, windowEnd } of findings) {
    const key = `${entityKind} ${entity}`
    const known = entities.get(key)
    if (known === undefined) {
      const first = { alerts: 1, severity, rules: [ruleId], from: windowStart, to: windowEnd }
      entities.set(key, { entityKind, entity, ...first })
      continue
    }
    known.alerts++
    known.severity = graver(known.severity, severity)
    if (!known.rules.includes(ruleId)) known.rules.push(ruleId)
    if (windowStart < known.from) known.from = windowStart
    if (windowEnd > known.to) known.to = windowEnd
  }
  return [...entities.values()].toSorted((a, b) => b.alerts - a.alerts || compare(a.entity, b.entity))
}

/** What each rule says, those with the most alerts first. */
export function rulesOf(findings: readonly Finding[]): RuleAlerts[] {
  return [...Map.groupBy(findings, ({ ruleId }) => ruleId)]
    .map(([ruleId, own]) => ({
      ruleId,
      title: own[0]?.title ?? ruleId,
      severity: own.map(({ severity }) => severity).reduce(graver),
      alerts: own.length,
      entities: new Set(own.map(({ entity }) => entity)).size,
    }))
    .toSorted((a, b) => b.alerts - a.alerts || compare(a.ruleId, b.ruleId))
}

/** Of whom there are alerts now and were none before, and the other way round. */
export function changeOf(before: readonly Finding[], after: readonly Finding[]): NonNullable<BacktestResult['change']> {
  const [had, has] = [entitiesOf(before), entitiesOf(after)]
  return {
    before: { alerts: before.length, entities: had.length },
    gained: firstOf(without(has, had)),
    lost: firstOf(without(had, has)),
  }
}

function without(entities: readonly EntityAlerts[], others: readonly EntityAlerts[]): EntityAlerts[] {
  const known = new Set(others.map(({ entityKind, entity }) => `${entityKind} ${entity}`))
  return entities.filter(({ entityKind, entity }) => !known.has(`${entityKind} ${entity}`))
}

/** As much of a list as a result shows. */
export const firstOf = <Row>(rows: readonly Row[]): { total: number; rows: Row[] } => ({
  total: rows.length,
  rows: rows.slice(0, maxListed),
})
