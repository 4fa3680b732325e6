import type { Entry } from '../entry.ts'
import type { FieldValue } from '../rules/fields.ts'
import type { Measure, Reading } from './measure.ts'
import { keyAt, type KeyOf } from './value-count.ts'

const beginning = 1

/** Whether an entry begins something: what comes through both kinds of input at once has ended. */
const begins = ({ inputs }: Entry): boolean => inputs === beginning

class OpenCount implements Reading {
  readonly #keyOf: KeyOf
  /** What each open one last began with. */
  readonly #open = new Map<FieldValue, Entry>()

  constructor(keyOf: KeyOf) {
    this.#keyOf = keyOf
  }

  get value(): number {
    return this.#open.size
  }

  add(entry: Entry): void {
    const key = this.#keyOf(entry)
    if (key === null) return
    if (begins(entry)) this.#open.set(key, entry)
    else this.#open.delete(key)
  }

  remove(entry: Entry): void {
    const key = this.#keyOf(entry)
    if (key !== null && this.#open.get(key) === entry) this.#open.delete(key)
  }
}

/**
 * How many have begun in the window, through the rule's first input, and have not ended since, through any other: sessions
 * by their ids. What began before the window counts no more.
 */
export function openCount(positions: readonly [number, ...number[]]): Measure {
  const keyOf = keyAt(positions)
  /** The beginnings that nothing has ended. */
  const open = (entries: readonly Entry[]): Entry[] => {
    const [only] = entries
    if (entries.length < 2) return only !== undefined && begins(only) && keyOf(only) !== null ? [only] : []
    const last = new Map(entries.map((entry) => [keyOf(entry), entry]))
    return entries.filter((entry) => {
      const key = keyOf(entry)
      return key !== null && begins(entry) && last.get(key) === entry
    })
  }
  return {
    name: 'open_count',
    start: () => new OpenCount(keyOf),
    ceiling(entries) {
      let count = 0
      for (const entry of entries) if (begins(entry)) count++
      return count
    },
    prune: open,
    evidence: open,
    follows: (entry) => !begins(entry),
    lingers: true,
  }
}
