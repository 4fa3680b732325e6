import type { AlertFilter, AlertListInput, AlertTotals } from '../../../shared/contract/alerts.ts'
import { AlertState, Severity, Verdict, type Alert } from '../../../shared/model/alert.ts'
import { formatCursor, parseCursor } from '../cursor.ts'

export interface AlertPage {
  rows: Alert[]
  nextCursor: string | null
  totals: AlertTotals
}

/** How many alerts have these three in common; what totals are made of. */
export interface AlertGroup {
  state: AlertState
  verdict: Verdict | null
  severity: Severity
  count: number
}

/** The part of a filter that totals are counted by. */
export type CountedBy = Pick<AlertFilter, 'states' | 'verdicts' | 'severities'>

/** Totals of what all the rest of the filter selects, each by the other two of the three. */
export function totalsOf(groups: readonly AlertGroup[], filter: CountedBy): AlertTotals {
  const selects = {
    states: ({ state }: AlertGroup) => isIn(filter.states, state),
    verdicts: ({ verdict }: AlertGroup) => isIn(filter.verdicts, verdict),
    severities: ({ severity }: AlertGroup) => isIn(filter.severities, severity),
  }
  const count = (leftOut: keyof CountedBy | null, is: (group: AlertGroup) => boolean = () => true): number => {
    const tests = (Object.keys(selects) as (keyof CountedBy)[]).filter((name) => name !== leftOut)
    const meant = groups.filter((group) => is(group) && tests.every((name) => selects[name](group)))
    return meant.reduce((sum, group) => sum + group.count, 0)
  }
  return {
    matching: count(null),
    byState: countEach(AlertState.options, (state) => count('states', (group) => group.state === state)),
    byVerdict: countEach(Verdict.options, (verdict) => count('verdicts', (group) => group.verdict === verdict)),
    bySeverity: countEach(Severity.options, (severity) => count('severities', (group) => group.severity === severity)),
  }
}

const countEach = <Name extends string>(names: readonly Name[], count: (name: Name) => number) =>
  Object.fromEntries(names.map((name) => [name, count(name)])) as Record<Name, number>

/** An empty list means any. */
const isIn = <Value>(wanted: readonly Value[], value: Value | null): boolean =>
  wanted.length === 0 || (value !== null && wanted.includes(value))

/** One page of alerts that are all at hand, as those of the cache are; the same page that alert-list.ts reads. */
export function pageOf(alerts: readonly Alert[], input: AlertListInput): AlertPage {
  const meant = alerts.filter((alert) => isMeant(alert, input))
  const groups = meant.map(({ state, verdict, severity }) => ({ state, verdict, severity, count: 1 }))
  const after = parseCursor(input.cursor)
  const listed = meant
    .filter(
      ({ state, verdict, severity }) =>
        isIn(input.states, state) && isIn(input.verdicts, verdict) && isIn(input.severities, severity),
    )
    .toSorted(newestFirst)
    .filter(
      (alert) => after === null || newestFirst(alert, { windowEnd: new Date(after.timeMs), alertId: after.id }) > 0,
    )
  const rows = listed.slice(0, input.limit)
  return { rows, nextCursor: cursorAfter(rows, listed.length > rows.length), totals: totalsOf(groups, input) }
}

/** Where the page after these rows starts. */
export function cursorAfter(rows: readonly Alert[], hasMore: boolean): string | null {
  const last = rows.at(-1)
  return last !== undefined && hasMore ? formatCursor({ timeMs: last.windowEnd.getTime(), id: last.alertId }) : null
}

type Place = { readonly windowEnd: Date; readonly alertId: string }
const newestFirst = (a: Place, b: Place): number =>
  b.windowEnd.getTime() - a.windowEnd.getTime() || Number(a.alertId > b.alertId) - Number(a.alertId < b.alertId)

function isMeant(alert: Alert, { rules, entity, owner, from, to }: AlertFilter): boolean {
  return (
    isIn(rules, alert.ruleId) &&
    alert.entity.toLowerCase().includes(entity.toLowerCase()) &&
    (owner === null || (alert.owner ?? '') === owner) &&
    (from === null || alert.windowEnd >= from) &&
    (to === null || alert.windowStart < to)
  )
}
