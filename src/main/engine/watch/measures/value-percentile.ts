import type { Entry } from '../entry.ts'
import type { Measure, Reading } from './measure.ts'
import { NumberBag } from './number-bag.ts'
import { quantityAt } from './quantity.ts'

class Percentile implements Reading {
  readonly #quantityOf: (entry: Entry) => number | null
  readonly #share: number
  readonly #bag = new NumberBag()

  constructor(position: number, percentile: number) {
    this.#quantityOf = quantityAt(position)
    this.#share = percentile / 100
  }

  /** NaN, which keeps no bounds, where no entry has a number. */
  get value(): number {
    return this.#bag.atRank(Math.max(1, Math.ceil(this.#share * this.#bag.size)))
  }

  add(entry: Entry): void {
    const quantity = this.#quantityOf(entry)
    if (quantity !== null) this.#bag.add(quantity, entry.weight)
  }

  remove(entry: Entry): void {
    const quantity = this.#quantityOf(entry)
    if (quantity !== null) this.#bag.remove(quantity, entry.weight)
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
