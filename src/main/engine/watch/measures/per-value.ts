import type { Entry } from '../entry.ts'
import type { FieldValue } from '../rules/fields.ts'
import type { Measure, Reading } from './measure.ts'
import { keyAt, type KeyOf } from './value-count.ts'

const totalWeight = (entries: readonly Entry[]): number => entries.reduce((sum, { weight }) => sum + weight, 0)

/** How often there is each value. */
abstract class Counts implements Reading {
  readonly #keyOf: KeyOf
  readonly #counts = new Map<FieldValue, number>()

  constructor(keyOf: KeyOf) {
    this.#keyOf = keyOf
  }

  abstract readonly value: number

  protected get distinct(): number {
    return this.#counts.size
  }

  add(entry: Entry): void {
    this.#change(entry, entry.weight)
  }

  remove(entry: Entry): void {
    this.#change(entry, -entry.weight)
  }

  #change(entry: Entry, by: number): void {
    const key = this.#keyOf(entry)
    if (key === null) return
    const before = this.#counts.get(key) ?? 0
    const count = before + by
    if (count > 0) this.#counts.set(key, count)
    else this.#counts.delete(key)
    this.changed(before, count)
  }

  /** A value came up `before` times, and comes up `count` times now. */
  protected abstract changed(before: number, count: number): void
}

class Mean extends Counts {
  #total = 0

  /** NaN, which keeps no bounds, where no entry has a value. */
  get value(): number {
    return this.#total / this.distinct
  }

  protected changed(before: number, count: number): void {
    this.#total += count - before
  }
}

class Most extends Counts {
  /** How many values come up so often. */
  readonly #values = new Map<number, number>()
  #most = 0

  get value(): number {
    return this.#most
  }

  protected changed(before: number, count: number): void {
    const left = (this.#values.get(before) ?? 0) - 1
    if (left > 0) this.#values.set(before, left)
    else this.#values.delete(before)
    if (count > 0) this.#values.set(count, (this.#values.get(count) ?? 0) + 1)
    if (count > this.#most) this.#most = count
    // There are few different counts: n events can have about the square root of 2n.
    else if (before === this.#most && left <= 0) this.#most = Math.max(0, ...this.#values.keys())
  }
}

/** How many events there are for each different value, on average; events without a value count for none. */
export function perValue(positions: readonly [number, ...number[]]): Measure {
  const keyOf = keyAt(positions)
  return { name: 'per_value', start: () => new Mean(keyOf), ceiling: totalWeight }
}

/** How many events the value has that has the most. */
export function valueMax(positions: readonly [number, ...number[]]): Measure {
  const keyOf = keyAt(positions)
  return { name: 'value_max', start: () => new Most(keyOf), ceiling: totalWeight }
}
