import type { VersionOf } from './alarm.ts'
import type { Bounds } from './bounds.ts'
import type { Entry } from './entry.ts'
import type { Group } from './group.ts'
import type { Measure } from './measures/measure.ts'
import { followersOf, longestTimespanMs, type Rule } from './rule.ts'

/** Beyond so many entries, looking at all of them costs as much as the walk it would spare. */
const maxGlance = 64

/** What all groups of a rule have in common. */
export interface Plan {
  rule: Rule
  /** How far back windows reach. */
  reachMs: number
  /** Time without an event after which nothing of a group matters any more. */
  horizonMs: number
  /** Number of the turn that is going on. Groups that were not touched for one are looked at. */
  turn: number
  /** Lets a group of the rule go. */
  drop(group: Group): void
  /** False where a glance at the entries shows that no window of them opens an episode. */
  mayOpen(entries: readonly Entry[]): boolean
  /** Tells entries that are nothing to a group which has no others; null where there are none. */
  follows: ((entry: Entry) => boolean) | null
  versionOf: VersionOf
}

export function planOf(
  rule: Rule,
  { latenessMs, versionOf }: { latenessMs: number; versionOf: VersionOf },
  drop: Plan['drop'],
): Plan {
  const glances = rule.levels[0].conditions.flatMap(({ measure, bounds }) => {
    const least = leastOf(bounds)
    return measure.ceiling === undefined || least === null ? [] : [{ measure, least }]
  })
  const reachMs = longestTimespanMs(rule)
  return {
    rule,
    reachMs,
    horizonMs: Math.max(reachMs, rule.quietMs) + latenessMs,
    turn: 0,
    drop,
    mayOpen: (entries) => mayOpen(glances, entries),
    follows: followersOf(rule),
    versionOf,
  }
}

function mayOpen(glances: readonly { measure: Measure; least: number }[], entries: readonly Entry[]): boolean {
  if (entries.length > maxGlance) return true
  for (const { measure, least } of glances) {
    const visible = entries.some(isSuppressed) ? entries.filter((one) => !one.suppressed) : entries
    if ((measure.ceiling?.(visible) ?? Infinity) < least) return false
  }
  return true
}

const isSuppressed = ({ suppressed }: Entry) => suppressed

/** A number that every value within the bounds reaches. */
function leastOf({ gt, gte, eq }: Bounds): number | null {
  const limits = [gt, gte, eq].filter((limit) => limit !== undefined)
  return limits.length === 0 ? null : Math.max(...limits)
}
