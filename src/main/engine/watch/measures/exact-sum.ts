/**
 * A sum of doubles without any loss, from which numbers can be taken out again: the same numbers give the same sum,
 * whatever was in it before and in which order they came. It is kept as doubles that do not overlap, smallest first.
 *
 * J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates, Discrete &
 * Computational Geometry 18 (1997), 305-363: GROW-EXPANSION with TWO-SUM.
 */
export class ExactSum {
  #partials: number[] = []

  /** Adds `value` as many times as `times` says, a whole number of at least 1. */
  add(value: number, times = 1): void {
    // By powers of two, whose products are exact.
    for (let rest = times, power = value; rest > 0; rest = Math.floor(rest / 2), power *= 2) {
      if (rest % 2 === 1) this.#grow(power)
    }
  }

  /** The sum, rounded once to the nearest double; of two as near, to the one whose last bit is 0. */
  get value(): number {
    const partials = this.#partials
    let at = partials.length - 1
    let sum = partials[at] ?? 0
    let rest = 0
    while (--at >= 0 && rest === 0) {
      const before = sum
      const partial = partials[at] ?? 0
      sum = before + partial
      rest = partial - (sum - before)
    }
    // Half way between two doubles, what is left decides.
    const below = at >= 0 ? (partials[at] ?? 0) : 0
    if ((rest < 0 && below < 0) || (rest > 0 && below > 0)) {
      const doubled = rest * 2
      const up = sum + doubled
      if (up - sum === doubled) return up
    }
    return sum
  }

  #grow(value: number): void {
    const grown: number[] = []
    let carried = value
    for (const partial of this.#partials) {
      const sum = carried + partial
      const virtual = sum - carried
      const lost = carried - (sum - virtual) + (partial - virtual)
      if (lost !== 0) grown.push(lost)
      carried = sum
    }
    if (carried !== 0) grown.push(carried)
    this.#partials = grown
  }
}
