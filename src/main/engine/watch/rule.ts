import type { EntityKind } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Level } from './bounds.ts'
import type { SummaryTemplate } from './summary.ts'

/** A rule as the engine runs it. It counts events, by weight, in windows that slide in event time. */
export interface Rule {
  ruleId: string
  /** The first 12 hex digits of the SHA-256 of its file. */
  version: string
  title: string
  /** Name of the file, without its folder. */
  file: string
  /** ATT&CK techniques, for example T1110.001. */
  attack: readonly string[]
  entityKind: EntityKind
  matches: (event: AuditEvent) => boolean
  /** The group an event belongs to, null where it lacks one of the fields. Rules that group by nothing have one: "all". */
  entityOf: (event: AuditEvent) => string | null
  /** The first opens an episode; the others, each more severe, raise one that is open. */
  levels: readonly [Level, ...Level[]]
  /** An episode ends once this long has passed without an event. At least the timespan of the first level. */
  quietMs: number
  summary: SummaryTemplate
}

/** How far back the windows of a rule reach. */
export const longestTimespanMs = (rule: Rule): number => Math.max(...rule.levels.map((level) => level.timespanMs))
