import type { Problem } from '../../shared/model/system.ts'

const maxKinds = 200
const maxExamples = 5
const maxExampleLength = 200

export type ProblemArea = Problem['area']
const idOf = (area: ProblemArea, reason: string) => `${area}\0${reason}`

/** A reason without the numbers that came from the data, so that equal problems are counted as one. */
export const withoutNumbers = (reason: string): string => reason.replace(/(?<!UTF-)\d+/g, 'N')

/** Counts bad input by area and reason; keeps the last few keys as examples. Bounded, whatever the data holds. */
export class Problems {
  readonly #kinds = new Map<string, Problem>()

  /** `reason` must be one of few (no data in it); `key` says where: a key, an event id, a file. */
  report(area: ProblemArea, reason: string, key: string): void {
    const at = new Date()
    const example = key.length > maxExampleLength ? `${key.slice(0, maxExampleLength)}…` : key
    const known = this.#kinds.has(idOf(area, reason)) || this.#kinds.size < maxKinds
    const slot = known ? reason : 'other'
    const kind = this.#kinds.get(idOf(area, slot))
    if (kind === undefined) {
      this.#kinds.set(idOf(area, slot), { area, reason: slot, count: 1, lastAt: at, examples: [example] })
      return
    }
    kind.count++
    kind.lastAt = at
    if (!kind.examples.includes(example)) {
      kind.examples.push(example)
      if (kind.examples.length > maxExamples) kind.examples.shift()
    }
  }

  /** Most recent first. */
  list(): Problem[] {
    return [...this.#kinds.values()]
      .map((problem) => ({ ...problem, examples: [...problem.examples] }))
      .toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime())
  }
}
