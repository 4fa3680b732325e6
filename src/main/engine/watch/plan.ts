import type { VersionOf } from './alarm.ts'
import type { Bounds } from './bounds.ts'
import { ColdGroups } from './cold/cold-groups.ts'
import type { ColdStore } from './cold/cold-store.ts'
import type { Entry } from './entry.ts'
import type { Measure } from './measures/measure.ts'
import { QuietList } from './quiet-list.ts'
import { followersOf, longestTimespanMs, pruneOf, shown, type Prune, type Rule } from './rule.ts'

/** Beyond so many entries, looking at all of them costs as much as the walk it would spare. */
const maxGlance = 64

/** What all groups of a rule have in common. */
export interface Plan {
  rule: Rule
  /** How far back windows reach. */
  reachMs: number
  /** Time without an event after which nothing of a group matters any more. */
  horizonMs: number
  /** Groups that are objects, and the entries that these have. */
  groups: number
  entries: number
  /** Of those the ones to which nothing is expected to happen, and among these the ones that cannot be packed. */
  readonly quiet: QuietList
  readonly kept: QuietList
  /** Groups that are packed. */
  readonly cold: ColdGroups
  /** False where a glance at the entries shows that no window of them opens an episode. */
  mayOpen(entries: readonly Entry[]): boolean
  /** Tells entries that are nothing to a group which has no others; null where there are none. */
  follows: ((entry: Entry) => boolean) | null
  prune: Prune | null
  versionOf: VersionOf
}

export function planOf(
  rule: Rule,
  { latenessMs, versionOf, cold }: { latenessMs: number; versionOf: VersionOf; cold: ColdStore },
): Plan {
  const glances = rule.levels[0].conditions.flatMap(({ measure, bounds }) => {
    const least = leastOf(bounds)
    return measure.ceiling === undefined || least === null ? [] : [{ measure, least }]
  })
  const reachMs = longestTimespanMs(rule)
  const horizonMs = Math.max(reachMs, rule.quietMs) + latenessMs
  return {
    rule,
    reachMs,
    horizonMs,
    groups: 0,
    entries: 0,
    quiet: new QuietList(),
    kept: new QuietList(),
    cold: new ColdGroups(cold, rule.inputs[0].facts.length, horizonMs),
    mayOpen: (entries) => mayOpen(glances, entries),
    follows: followersOf(rule),
    prune: pruneOf(rule),
    versionOf,
  }
}

function mayOpen(glances: readonly { measure: Measure; least: number }[], entries: readonly Entry[]): boolean {
  if (entries.length > maxGlance) return true
  const visible = shown(entries)
  for (const { measure, least } of glances) if ((measure.ceiling?.(visible) ?? Infinity) < least) return false
  return true
}

/** A number that every value within the bounds reaches. */
function leastOf({ gt, gte, eq }: Bounds): number | null {
  const limits = [gt, gte, eq].filter((limit) => limit !== undefined)
  return limits.length === 0 ? null : Math.max(...limits)
}
