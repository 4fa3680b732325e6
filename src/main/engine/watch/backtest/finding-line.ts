import type { AlertEventRef, Finding } from '../../../../shared/model/alert.ts'

const fields = [
  'alertId',
  'ruleId',
  'ruleVersion',
  'title',
  'severity',
  'entityKind',
  'entity',
  'windowStart',
  'windowEnd',
  'value',
  'threshold',
  'timespanMs',
  'eventCount',
  'suppressedCount',
  'lists',
  'summary',
  'attack',
  'closedAt',
] as const satisfies readonly (keyof Finding)[]

/**
 * What the rules say of an episode as one line of JSON: the same episode gives the same bytes, whether it comes from a
 * back-test or was stored by the watcher.
 */
export function findingLine(finding: Finding, events?: readonly AlertEventRef[]): string {
  const entries = fields.map((name) => [name, name === 'lists' ? sorted(finding.lists) : finding[name]] as const)
  return JSON.stringify(Object.fromEntries(events === undefined ? entries : [...entries, ['events', events]]))
}

const sorted = (lists: Finding['lists']): Finding['lists'] =>
  Object.fromEntries(Object.entries(lists).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** The order in which findings are told: that in which their episodes began. */
export const byBeginning = (a: Finding, b: Finding): number =>
  a.windowStart.getTime() - b.windowStart.getTime() || (a.alertId < b.alertId ? -1 : 1)
