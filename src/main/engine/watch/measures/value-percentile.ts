import type { Entry } from '../entry.ts'
import type { Measure, Reading } from './measure.ts'
import { quantityAt } from './quantity.ts'

class Percentile implements Reading {
  readonly #quantityOf: (entry: Entry) => number | null
  readonly #share: number
  /** Different numbers in order, and how often there is each. */
  readonly #numbers: number[] = []
  readonly #counts: number[] = []
  #total = 0

  constructor(position: number, percentile: number) {
    this.#quantityOf = quantityAt(position)
    this.#share = percentile / 100
  }

  /** NaN, which keeps no bounds, where no entry has a number. */
  get value(): number {
    let left = Math.max(1, Math.ceil(this.#share * this.#total))
    for (const [index, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return this.#numbers[index] ?? NaN
    }
    return NaN
  }

  add(entry: Entry): void {
    const quantity = this.#quantityOf(entry)
    if (quantity === null) return
    const place = this.#placeOf(quantity)
    if (this.#numbers[place] === quantity) {
      this.#counts[place] = (this.#counts[place] ?? 0) + entry.weight
    } else {
      this.#numbers.splice(place, 0, quantity)
      this.#counts.splice(place, 0, entry.weight)
    }
    this.#total += entry.weight
  }

  remove(entry: Entry): void {
    const quantity = this.#quantityOf(entry)
    if (quantity === null) return
    const place = this.#placeOf(quantity)
    const left = (this.#counts[place] ?? 0) - entry.weight
    this.#total -= entry.weight
    if (left > 0) {
      this.#counts[place] = left
    } else {
      this.#numbers.splice(place, 1)
      this.#counts.splice(place, 1)
    }
  }

  #placeOf(quantity: number): number {
    let low = 0
    let high = this.#numbers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#numbers[middle] ?? 0) < quantity) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * Sigma's `value_percentile` by nearest rank: the smallest of a field's numbers that at least so many percent of them do
 * not exceed. An entry counts as often as it weighs.
 * @param percentile 0 to 100
 */
export const valuePercentile = (position: number, percentile: number): Measure => ({
  name: 'value_percentile',
  start: () => new Percentile(position, percentile),
})
