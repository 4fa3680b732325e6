import type { Entry } from '../entry.ts'
import type { FieldValue } from '../rules/fields.ts'
import type { Measure, Reading } from './measure.ts'
import { keyAt, type KeyOf } from './value-count.ts'

/** Entries of the other inputs that no entry of the last input has ended, and those that the newest entry has. */
class Streak implements Reading {
  readonly #keyOf: KeyOf
  readonly #ends: (entry: Entry) => boolean
  readonly #pending = new Map<FieldValue, Set<Entry>>()
  #ended: ReadonlySet<Entry> = new Set()
  #weight = 0
  #endedWeight = 0
  #newest: Entry | null = null

  constructor(keyOf: KeyOf, ends: (entry: Entry) => boolean) {
    this.#keyOf = keyOf
    this.#ends = ends
  }

  get value(): number {
    return this.#newest !== null && this.#ends(this.#newest) ? this.#weight + this.#endedWeight : 0
  }

  get pending(): Set<Entry> {
    return new Set([...this.#pending.values()].flatMap((entries) => [...entries]))
  }

  /** Those that the newest entry has ended. */
  get ended(): ReadonlySet<Entry> {
    return this.#ended
  }

  add(entry: Entry): void {
    this.#newest = entry
    this.#ended = new Set()
    this.#endedWeight = 0
    const key = this.#keyOf(entry)
    const own = this.#pending.get(key)
    if (!this.#ends(entry)) {
      if (own === undefined) this.#pending.set(key, new Set([entry]))
      else own.add(entry)
      this.#weight += entry.weight
    } else if (own !== undefined) {
      this.#pending.delete(key)
      this.#ended = own
      for (const { weight } of own) this.#endedWeight += weight
      this.#weight -= this.#endedWeight
    }
  }

  remove(entry: Entry): void {
    if (this.#newest === entry) this.#newest = null
    const key = this.#keyOf(entry)
    const own = this.#pending.get(key)
    if (own?.delete(entry)) {
      this.#weight -= entry.weight
      if (own.size === 0) this.#pending.delete(key)
    } else if (this.#ended.has(entry)) {
      this.#ended = new Set([...this.#ended].filter((one) => one !== entry))
      this.#endedWeight -= entry.weight
    }
  }
}

/**
 * How many came through the rule's other inputs before the newest entry, which came through the last one: failures before a
 * success. Those that an earlier success has ended are not counted: it ends those with the same values at `positions`, or
 * all of them where there are none.
 * @param inputs how many inputs the rule has
 */
export function streak(positions: readonly number[], inputs: number): Measure {
  const [first, ...others] = positions
  const keyOf: KeyOf = first === undefined ? () => null : keyAt([first, ...others])
  const ends = (entry: Entry): boolean => (entry.inputs & (1 << (inputs - 1))) !== 0
  const read = (entries: readonly Entry[]): Streak => {
    const reading = new Streak(keyOf, ends)
    for (const entry of entries) reading.add(entry)
    return reading
  }
  return {
    name: 'streak',
    start: () => read([]),
    ceiling: (entries) =>
      entries.some(ends) ? entries.reduce((sum, entry) => sum + (ends(entry) ? 0 : entry.weight), 0) : 0,
    prune(settled) {
      const { pending } = read(settled)
      return settled.filter((entry) => pending.has(entry))
    },
    evidence(window) {
      const newest = window.at(-1)
      if (newest === undefined || !ends(newest)) return []
      const { pending, ended } = read(window)
      return window.filter((entry) => entry === newest || pending.has(entry) || ended.has(entry))
    },
    follows: ends,
    lingers: true,
  }
}
