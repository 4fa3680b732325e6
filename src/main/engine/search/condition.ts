import type { AddressRange } from '../address-range.ts'
import type { Pattern } from './pattern.ts'
import type { Comparison } from './syntax-tree.ts'

/** What a query asks for, in terms of fields (by their first name) and values: what each store is then asked in its way. */
export type Condition =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  /** Holds where the condition does not, also for what has no value at all. */
  | { readonly kind: 'not'; readonly condition: Condition }
  /** Some text of the row matches the pattern, whatever the case. */
  | { readonly kind: 'anyText'; readonly pattern: Pattern }
  | FieldCondition

/** None of these holds for a row that has no value in the field. Case is ignored for the letters A to Z alone. */
export type FieldCondition =
  | { readonly kind: 'present'; readonly field: string }
  /** Exactly this text. */
  | { readonly kind: 'equals'; readonly field: string; readonly value: string }
  /** This text or pattern, whatever the case. */
  | { readonly kind: 'like'; readonly field: string; readonly pattern: Pattern }
  | { readonly kind: 'compare'; readonly field: string; readonly comparison: Comparison; readonly value: number }
  | { readonly kind: 'within'; readonly field: string; readonly range: AddressRange }
  /** Epoch milliseconds, `fromMs` included, `untilMs` not; null leaves that side open. */
  | { readonly kind: 'time'; readonly fromMs: number | null; readonly untilMs: number | null }
  | { readonly kind: 'ended'; readonly ended: boolean }

/** All of the conditions; of none, everything. */
export const allOf = (conditions: readonly Condition[]): Condition => joined('and', conditions)
/** Any of at least one condition. */
export const anyOf = (conditions: readonly Condition[]): Condition => joined('or', conditions)

function joined(kind: 'and' | 'or', conditions: readonly Condition[]): Condition {
  const [first] = conditions
  if (first === undefined) return { kind: 'all' }
  return conditions.length === 1 ? first : { kind, conditions }
}
