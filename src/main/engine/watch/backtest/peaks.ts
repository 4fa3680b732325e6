import { keeps, type Bounds } from '../bounds.ts'
import type { Entry } from '../entry.ts'
import type { Measure, Reading } from '../measures/measure.ts'
import type { Condition, Rule } from '../rule.ts'

const noSentence = { write: () => '' }

/**
 * The rule with one level, that opens at `bounds` and notes the highest value at which all conditions hold. An episode ends
 * by the gap between its events alone, whatever the threshold: those that reach a higher one are the episodes of this rule
 * whose highest value does.
 */
export function peakRule(rule: Rule, bounds: Bounds): Rule {
  const [level] = rule.levels
  const [first, ...others] = level.conditions
  const measure = others.length === 0 ? first.measure : whereOthersHold(first.measure, others)
  return { ...rule, alerts: true, levels: [{ ...level, conditions: [{ measure, bounds }] }], summary: noSentence }
}

/** The first measure of windows in which the other conditions hold, and no number in those where they do not. */
const whereOthersHold = (measure: Measure, others: readonly Condition[]): Measure => ({
  name: measure.name,
  start: () => new Gated(measure.start(), others),
  ...(measure.ceiling === undefined ? {} : { ceiling: measure.ceiling }),
})

class Gated implements Reading {
  readonly #first: Reading
  readonly #others: readonly { reading: Reading; bounds: Bounds }[]

  constructor(first: Reading, others: readonly Condition[]) {
    this.#first = first
    this.#others = others.map(({ measure, bounds }) => ({ reading: measure.start(), bounds }))
  }

  get value(): number {
    return this.#others.every(({ reading, bounds }) => keeps(bounds, reading.value)) ? this.#first.value : Number.NaN
  }

  add(entry: Entry): void {
    this.#first.add(entry)
    for (const { reading } of this.#others) reading.add(entry)
  }

  remove(entry: Entry): void {
    this.#first.remove(entry)
    for (const { reading } of this.#others) reading.remove(entry)
  }
}
