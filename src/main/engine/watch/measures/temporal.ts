import type { Entry } from '../entry.ts'
import type { Measure, Reading } from './measure.ts'
import { newestOfEach, prunedTo } from './newest-of-each.ts'

/** The inputs that a mask names, lowest first. */
export function inputsOf(mask: number): number[] {
  const inputs: number[] = []
  for (let rest = mask; rest !== 0; rest &= rest - 1) inputs.push(31 - Math.clz32(rest & -rest))
  return inputs
}

class Temporal implements Reading {
  readonly #counts: number[] = []
  value = 0

  add(entry: Entry): void {
    for (const input of inputsOf(entry.inputs)) {
      const count = this.#counts[input] ?? 0
      if (count === 0) this.value++
      this.#counts[input] = count + 1
    }
  }

  remove(entry: Entry): void {
    for (const input of inputsOf(entry.inputs)) {
      const left = (this.#counts[input] ?? 0) - 1
      if (left === 0) this.value--
      this.#counts[input] = left
    }
  }
}

const newestOfEachInput = newestOfEach((entry) => inputsOf(entry.inputs))

/** Sigma's `temporal`: of how many different inputs there are entries, in whatever order. */
export const temporal: Measure = {
  name: 'temporal',
  start: () => new Temporal(),
  ceiling: (entries) => inputsOf(entries.reduce((mask, { inputs }) => mask | inputs, 0)).length,
  prune: prunedTo(newestOfEachInput),
  evidence: newestOfEachInput,
}
