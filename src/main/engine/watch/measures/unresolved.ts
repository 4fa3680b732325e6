import type { Entry } from '../entry.ts'
import type { FieldValue } from '../rules/fields.ts'
import type { Measure, Reading } from './measure.ts'
import { keyAt, type KeyOf } from './value-count.ts'

interface Resolution {
  keyOf: KeyOf
  /** Whether an entry resolves those before it that have the same value. It is not measured itself. */
  resolves: (entry: Entry) => boolean
}

class Unresolved implements Reading {
  readonly #measure: Measure
  readonly #resolution: Resolution
  /** What is in the window and not resolved, in order, by value. */
  readonly #entries = new Set<Entry>()
  readonly #byKey = new Map<FieldValue, Set<Entry>>()
  /** Null once something in the middle was resolved: a measure can only forget its oldest entry. */
  #reading: Reading | null = null

  constructor(measure: Measure, resolution: Resolution) {
    this.#measure = measure
    this.#resolution = resolution
  }

  get value(): number {
    return this.#read().value
  }

  add(entry: Entry): void {
    const { keyOf, resolves } = this.#resolution
    const key = keyOf(entry)
    const own = this.#byKey.get(key)
    if (!resolves(entry)) {
      this.#entries.add(entry)
      if (key !== null && own === undefined) this.#byKey.set(key, new Set([entry]))
      else own?.add(entry)
      this.#reading?.add(entry)
    } else if (own !== undefined) {
      for (const resolved of own) this.#entries.delete(resolved)
      this.#byKey.delete(key)
      this.#reading = null
    }
  }

  remove(entry: Entry): void {
    if (!this.#entries.delete(entry)) return
    this.#reading?.remove(entry)
    const key = this.#resolution.keyOf(entry)
    const own = this.#byKey.get(key)
    own?.delete(entry)
    if (own?.size === 0) this.#byKey.delete(key)
  }

  #read(): Reading {
    if (this.#reading !== null) return this.#reading
    const reading = this.#measure.start()
    for (const entry of this.#entries) reading.add(entry)
    this.#reading = reading
    return reading
  }
}

/**
 * The same measure, of those entries alone that are not resolved: of the failed logins of a window those that no login of
 * the same user has followed. Entries without a value stay as they are.
 * @param positions where entries keep the value
 * @param input through which entries come that resolve others; a measure does not see them
 */
export function unresolved(measure: Measure, positions: readonly [number, ...number[]], input: number): Measure {
  const resolution: Resolution = { keyOf: keyAt(positions), resolves: ({ inputs }) => (inputs & (1 << input)) !== 0 }
  const { keyOf, resolves } = resolution
  const left = (entries: readonly Entry[]): Entry[] => {
    const resolved = new Set<FieldValue>()
    const kept = entries.toReversed().filter((entry) => {
      const key = keyOf(entry)
      if (!resolves(entry)) return key === null || !resolved.has(key)
      if (key !== null) resolved.add(key)
      return false
    })
    return kept.toReversed()
  }
  const { prune, evidence } = measure
  return {
    name: measure.name,
    start: () => new Unresolved(measure, resolution),
    // Before something was resolved it was measured.
    ceiling: (entries) => measure.ceiling?.(entries.filter((entry) => !resolves(entry))) ?? Number.POSITIVE_INFINITY,
    prune: (settled) => prune?.(left(settled)) ?? left(settled),
    evidence: (window) => evidence?.(left(window)) ?? left(window),
    follows: resolves,
    lingers: true,
  }
}
