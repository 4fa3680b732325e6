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

/** How many entries of the window have a value. */
interface Count {
  readonly value: FieldValue
  entries: number
}

class ValueCount implements Reading {
  readonly #keyOf: KeyOf
  readonly #counts = new Map<FieldValue, Count>()
  /** Of each entry in the window, in order, what it counts for: what leaves a busy window is not looked up again. */
  readonly #order: (Count | null)[] = []
  #oldest = 0

  constructor(keyOf: KeyOf) {
    this.#keyOf = keyOf
  }

  get value(): number {
    return this.#counts.size
  }

  add(entry: Entry): void {
    const value = this.#keyOf(entry)
    this.#order.push(value === null ? null : this.#counted(value))
  }

  remove(): void {
    const count = this.#order[this.#oldest++] ?? null
    if (count !== null && --count.entries === 0) this.#counts.delete(count.value)
    if (this.#oldest * 2 < this.#order.length) return
    this.#order.splice(0, this.#oldest)
    this.#oldest = 0
  }

  #counted(value: FieldValue): Count {
    const known = this.#counts.get(value)
    if (known !== undefined) {
      known.entries++
      return known
    }
    const count = { value, entries: 1 }
    this.#counts.set(value, count)
    return count
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
