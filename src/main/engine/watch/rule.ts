import type { EntityKind, Severity } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { keeps, type Bounds } from './bounds.ts'
import type { Entry } from './entry.ts'
import type { Measure } from './measures/measure.ts'
import type { EventTest, ReadField } from './rules/fields.ts'
import type { SummaryTemplate } from './summary.ts'

/** A rule as the engine runs it: it measures entries in windows that slide in event time. */
export interface Rule {
  ruleId: string
  /** The first 12 hex digits of the SHA-256 of its file. */
  version: string
  title: string
  /** Name of the file, without its folder. */
  file: string
  description: string | null
  falsePositives: readonly string[]
  references: readonly string[]
  /** ATT&CK techniques, for example T1110.001. */
  attack: readonly string[]
  entityKind: EntityKind
  /** In the order in which a correlation names its rules; at most `maxInputs`. */
  inputs: readonly [Input, ...Input[]]
  /** The first opens an episode; the others, each more severe, raise one that is open. */
  levels: readonly [Level, ...Level[]]
  /** An episode ends once this long has passed without an entry. At least the timespan of the first level. */
  quietMs: number
  summary: SummaryTemplate
  /** False: it raises no alert, and only feeds rules that have it as an input. */
  alerts: boolean
  /** Names of the lists and databases that its fields are looked up in: their versions go into its alerts. */
  uses: readonly string[]
}

/** Bits of `Entry.inputs` that a number has room for. */
export const maxInputs = 31

/** Where the entries of a rule come from. */
export type Input = EventInput | RuleInput | UnseenInput

interface EntryReaders {
  /** The group an event belongs to, null where it lacks one of the fields. Rules that group by nothing have one: "all". */
  entityOf: (event: AuditEvent) => string | null
  /** The fields that entries remember. All inputs of a rule have as many: with aliases the same place is another field. */
  facts: readonly ReadField[]
}

/** Stored events. */
export interface EventInput extends EntryReaders {
  kind: 'events'
  /** Types of events that `matches` may be true of, in lower case; null: any. The engine asks no input about other types. */
  types: ReadonlySet<string> | null
  matches: EventTest
}

/** Firings of another rule: the events at which that rule's first level holds. */
export interface RuleInput extends EntryReaders {
  kind: 'rule'
  ruleId: string
}

/** Events whose value is new for whoever they are of, once that one has been known for long enough. */
export interface UnseenInput extends EntryReaders {
  kind: 'unseen'
  /** Inputs with the same key have one memory; it names what is learned of whom, for example `login: device by user_id`. */
  key: string
  types: ReadonlySet<string> | null
  /** Events that are learned from. */
  matches: EventTest
  /** Whose values they are. */
  learnerOf: (event: AuditEvent) => string | null
  valueOf: ReadField
  /** Values remembered of each, the latest ones. */
  last: number
  /** Nothing is new before this long has passed since the first event of that learner. */
  learnMs: number
  /**
   * Columns of the event tables that `matches`, `learnerOf` and `valueOf` read, by which what is stored is summed up when an
   * engine starts; null where they read more than columns, and every event must be read again.
   */
  columns: readonly string[] | null
}

/** Conditions on one window, which must all hold, and how grave it is if they do. */
export interface Level {
  severity: Severity
  timespanMs: number
  /** The first gives an alert its value and its threshold. */
  conditions: readonly [Condition, ...Condition[]]
}

export interface Condition {
  measure: Measure
  bounds: Bounds
}

/** How far back the windows of a rule reach. */
export const longestTimespanMs = (rule: Rule): number => Math.max(...rule.levels.map((level) => level.timespanMs))

/** Of a window's entries, in order, those that speak for what the level measures. */
export function evidenceOf({ conditions }: Level, window: readonly Entry[]): Entry[] {
  return unionOf(
    window,
    conditions.map(({ measure }) => measure.evidence?.(window)),
  )
}

/** Of settled entries, in order, those that the rule's windows may still need; the same list where these are all. */
export type Prune = (settled: readonly Entry[]) => readonly Entry[]

/** How a rule forgets settled entries; null where it needs all that its windows reach. */
export function pruneOf({ levels }: Rule): Prune | null {
  const measures = new Set(levels.flatMap(({ conditions }) => conditions.map(({ measure }) => measure)))
  // What an alert lists must not hang on when it was pruned.
  const prunes = [...measures].flatMap(({ prune, evidence }) => (prune && evidence ? [prune] : []))
  if (prunes.length < measures.size) return null
  const [only, ...others] = prunes
  return (settled) => {
    const visible = shown(settled)
    if (only !== undefined && others.length === 0 && visible === settled) return only(settled)
    const parts: (readonly Entry[])[] = []
    for (const prune of prunes) {
      const part = prune(visible)
      // Most groups are small, and measures do without nothing.
      if (part.length === settled.length) return settled
      parts.push(part)
    }
    const union = new Set(parts.flat())
    return settled.filter((entry) => entry.suppressed || union.has(entry))
  }
}

/** Entries that no suppression hides; the same list where none is hidden. */
export function shown(entries: readonly Entry[]): readonly Entry[] {
  for (const { suppressed } of entries) if (suppressed) return entries.filter((entry) => !entry.suppressed)
  return entries
}

/**
 * Tells the entries of a rule that are nothing unless another came before them, which is so where all of its measures say
 * so; null where one of them never does, or where a window in which nothing is measured opens an episode.
 */
export function followersOf({ levels }: Rule): ((entry: Entry) => boolean) | null {
  if (!levels[0].conditions.some(({ measure, bounds }) => !keeps(bounds, measure.start().value))) return null
  const measures = new Set(levels.flatMap(({ conditions }) => conditions.map(({ measure }) => measure)))
  const tests = [...measures].map(({ follows }) => follows)
  if (tests.includes(undefined)) return null
  return (entry) => !entry.suppressed && tests.every((follows) => follows?.(entry))
}

/** Entries that are in one of the parts, in order; all of them where a part is not told. */
function unionOf(entries: readonly Entry[], parts: readonly (Entry[] | undefined)[]): Entry[] {
  const [only] = parts
  if (parts.includes(undefined)) return [...entries]
  if (parts.length === 1 && only !== undefined) return only
  const union = new Set(parts.flatMap((part) => part ?? []))
  return entries.filter((entry) => union.has(entry))
}
