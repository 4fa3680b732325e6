import type { VersionOf } from './alarm.ts'
import type { Bounds } from './bounds.ts'
import type { Entry } from './entry.ts'
import type { Measure } from './measures/measure.ts'
import { longestTimespanMs, type Rule } from './rule.ts'

/** Beyond so many entries, looking at all of them costs as much as the walk it would spare. */
const maxGlance = 64

/** What all groups of a rule have in common. */
export interface Plan {
  rule: Rule
  /** How far back windows reach. */
  reachMs: number
  /** False where a glance at the entries shows that no window of them opens an episode. */
  mayOpen(entries: readonly Entry[]): boolean
  versionOf: VersionOf
}

export function planOf(rule: Rule, versionOf: VersionOf): Plan {
  const glances = rule.levels[0].conditions.flatMap(({ measure, bounds }) => {
    const least = leastOf(bounds)
    return measure.ceiling === undefined || least === null ? [] : [{ measure, least }]
  })
  return { rule, reachMs: longestTimespanMs(rule), mayOpen: (entries) => mayOpen(glances, entries), versionOf }
}

function mayOpen(glances: readonly { measure: Measure; least: number }[], entries: readonly Entry[]): boolean {
  if (entries.length > maxGlance) return true
  for (const { measure, least } of glances) {
    const visible = entries.some(({ suppressed }) => suppressed) ? entries.filter((one) => !one.suppressed) : entries
    if ((measure.ceiling?.(visible) ?? Infinity) < least) return false
  }
  return true
}

/** A number that every value within the bounds reaches. */
function leastOf({ gt, gte, eq }: Bounds): number | null {
  const limits = [gt, gte, eq].filter((limit) => limit !== undefined)
  return limits.length === 0 ? null : Math.max(...limits)
}
