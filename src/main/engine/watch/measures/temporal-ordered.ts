import type { Entry } from '../entry.ts'
import type { Measure, Reading } from './measure.ts'
import { inputsOf } from './temporal.ts'

const none = -1

/**
 * How far the inputs came in their order. For each input it is known which entry the latest sequence began with that has
 * come so far: a sequence that begins later stays in the window for longer, so no other one matters.
 */
class Sequence implements Reading {
  readonly #begins: number[]
  /** Number of the next entry, and of the oldest in the window. */
  #next = 0
  #oldest = 0

  constructor(length: number) {
    this.#begins = Array.from({ length }, () => none)
  }

  get value(): number {
    // Who has come further began no later.
    let length = this.#begins.length
    while (length > 0 && (this.#begins[length - 1] ?? none) < this.#oldest) length--
    return length
  }

  add(entry: Entry): void {
    extend(this.#begins, entry, this.#next++)
  }

  remove(): void {
    this.#oldest++
  }
}

/** Lets an entry take each sequence a step further that waits for one of its inputs. True if there was any. */
function extend(begins: number[], { inputs }: Entry, number: number): boolean {
  let extended = false
  // The last step first: one entry is one step of a sequence, even if it came through two inputs.
  for (const input of inputsOf(inputs).toReversed()) {
    if (input >= begins.length) continue
    const begin = input === 0 ? number : (begins[input - 1] ?? none)
    if (begin === none) continue
    begins[input] = begin
    extended = true
  }
  return extended
}

/**
 * The same where the last step must come some time after the first: then a sequence that began earlier may be complete
 * where a later one is not, and the window is gone through from its beginning.
 */
class SpacedSequence implements Reading {
  readonly #length: number
  readonly #afterMs: number
  #entries: Entry[] = []
  #oldest = 0

  constructor(length: number, afterMs: number) {
    this.#length = length
    this.#afterMs = afterMs
  }

  get value(): number {
    let reached = 0
    let beganMs = 0
    for (let at = this.#oldest; at < this.#entries.length; at++) {
      const entry = this.#entries[at]
      if (entry === undefined || (entry.inputs & (1 << reached)) === 0) continue
      if (reached === 0) beganMs = entry.atMs
      else if (reached === this.#length - 1 && entry.atMs - beganMs < this.#afterMs) continue
      if (++reached === this.#length) break
    }
    return reached
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
  }

  remove(): void {
    this.#oldest++
    if (this.#oldest < 32 || this.#oldest * 2 < this.#entries.length) return
    this.#entries = this.#entries.slice(this.#oldest)
    this.#oldest = 0
  }
}

/** Entries that take a sequence further. Whatever comes before the first step, in any window, does not. */
function steps(length: number, entries: readonly Entry[]): Entry[] {
  const begins = Array.from({ length }, () => none)
  return entries.filter((entry, index) => extend(begins, entry, index))
}

/**
 * Sigma's `temporal_ordered`: how many inputs have come in their order, from the first one on.
 * @param length the number of inputs
 * @param afterMs the last must come at least so long after the first
 */
export function temporalOrdered(length: number, afterMs = 0): Measure {
  const kept = (entries: readonly Entry[]) => steps(length, entries)
  return {
    name: 'temporal_ordered',
    start: () => (afterMs > 0 ? new SpacedSequence(length, afterMs) : new Sequence(length)),
    ceiling(entries) {
      let mask = 0
      for (const { inputs } of entries) mask |= inputs
      // Ones from the lowest bit on.
      return Math.min(length, 31 - Math.clz32(~mask & (mask + 1)))
    },
    prune: kept,
    evidence: kept,
    follows: ({ inputs }) => (inputs & 1) === 0,
  }
}
