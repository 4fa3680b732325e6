import type { Entry } from '../entry.ts'
import type { FieldValue } from '../rules/fields.ts'
import type { Measure, Reading } from './measure.ts'
import { newestOfEach, prunedTo } from './newest-of-each.ts'

/** What tells one value from another; null where there is none. */
export type KeyOf = (entry: Entry) => FieldValue

/** The values at some positions as one: null where one of them is missing. */
export function keyAt(positions: readonly number[]): KeyOf {
  const [first = 0, ...others] = positions
  if (others.length === 0) return ({ facts }) => facts[first] ?? null
  return ({ facts }) => {
    const values = positions.map((position) => facts[position] ?? null)
    return values.includes(null) ? null : JSON.stringify(values)
  }
}

class ValueCount implements Reading {
  readonly #keyOf: KeyOf
  readonly #entries = new Map<FieldValue, number>()

  constructor(keyOf: KeyOf) {
    this.#keyOf = keyOf
  }

  get value(): number {
    return this.#entries.size
  }

  add(entry: Entry): void {
    const key = this.#keyOf(entry)
    if (key !== null) this.#entries.set(key, (this.#entries.get(key) ?? 0) + 1)
  }

  remove(entry: Entry): void {
    const key = this.#keyOf(entry)
    if (key === null) return
    const left = (this.#entries.get(key) ?? 0) - 1
    if (left > 0) this.#entries.set(key, left)
    else this.#entries.delete(key)
  }
}

function distinct(entries: readonly Entry[], keyOf: KeyOf): number {
  const [first] = entries
  if (first === undefined) return 0
  const key = keyOf(first)
  for (const entry of entries) if (keyOf(entry) !== key) return new Set(entries.map(keyOf)).size
  // Most have one value only.
  return 1
}

/** Sigma's `value_count`: how many different values a field has, or how many different tuples several fields have. */
export function valueCount(positions: readonly [number, ...number[]]): Measure {
  const keyOf = keyAt(positions)
  const kept = newestOfEach((entry) => {
    const key = keyOf(entry)
    return key === null ? [] : [key]
  })
  return {
    name: 'value_count',
    start: () => new ValueCount(keyOf),
    ceiling: (entries) => distinct(entries, keyOf),
    prune: prunedTo(kept),
    evidence: kept,
  }
}
