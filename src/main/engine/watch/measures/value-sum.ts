import type { Entry } from '../entry.ts'
import { ExactSum } from './exact-sum.ts'
import type { Measure, Reading } from './measure.ts'
import { quantityAt } from './quantity.ts'

abstract class Quantities implements Reading {
  readonly #quantityOf: (entry: Entry) => number | null
  protected readonly sum = new ExactSum()
  protected count = 0

  constructor(position: number) {
    this.#quantityOf = quantityAt(position)
  }

  abstract readonly value: number

  add(entry: Entry): void {
    const quantity = this.#quantityOf(entry)
    if (quantity === null) return
    this.sum.add(quantity, entry.weight)
    this.count += entry.weight
  }

  remove(entry: Entry): void {
    const quantity = this.#quantityOf(entry)
    if (quantity === null) return
    this.sum.add(-quantity, entry.weight)
    this.count -= entry.weight
  }
}

class Sum extends Quantities {
  get value(): number {
    return this.sum.value
  }
}

class Average extends Quantities {
  /** NaN, which keeps no bounds, where no entry has a number. */
  get value(): number {
    return this.sum.value / this.count
  }
}

/** Sigma's `value_sum`: what a field's numbers come to; entries without one add nothing. */
export const valueSum = (position: number): Measure => ({ name: 'value_sum', start: () => new Sum(position) })

/** Sigma's `value_avg`: the mean of a field's numbers, each as often as its entry weighs. */
export const valueAverage = (position: number): Measure => ({ name: 'value_avg', start: () => new Average(position) })
