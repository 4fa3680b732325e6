import { keeps } from './bounds.ts'
import type { Entry } from './entry.ts'
import type { Reading } from './measures/measure.ts'
import type { Level } from './rule.ts'

/** The window of one level that ends with an entry, moved forward entry by entry. Entries that are suppressed are passed over. */
export class SlidingWindow {
  readonly level: Level
  readonly #entries: readonly Entry[]
  readonly #readings: readonly Reading[]
  #from: number
  #to: number

  /** Starts before the entry at `index`: that entry is the first that `advance` brings in. */
  constructor(entries: readonly Entry[], level: Level, index: number) {
    this.level = level
    this.#entries = entries
    this.#readings = level.conditions.map(({ measure }) => measure.start())
    this.#from = index
    this.#to = index
    const first = entries[index]
    if (first === undefined) return
    while (this.#from > 0 && this.#holds(this.#from - 1, first)) this.#from--
    for (let at = this.#from; at < index; at++) this.#add(entries[at])
  }

  /** Moves on to the window that ends with the next entry. */
  advance(): void {
    const newest = this.#entries[this.#to]
    if (newest === undefined) return
    this.#to++
    while (!this.#holds(this.#from, newest)) this.#removeOldest()
    this.#add(newest)
  }

  /** The first `count` entries are about to be forgotten: it does without those that it holds. */
  forget(count: number): void {
    while (this.#from < count) this.#removeOldest()
    this.#from -= count
    this.#to -= count
  }

  /** Whether every condition of the level is met. */
  get isMet(): boolean {
    return this.level.conditions.every(({ bounds }, index) => keeps(bounds, this.#readings[index]?.value ?? 0))
  }

  /** What the first condition measures. */
  get value(): number {
    return this.#readings[0]?.value ?? 0
  }

  /** Index of the first entry inside. */
  get from(): number {
    return this.#from
  }

  /** Index after the last entry inside. */
  get to(): number {
    return this.#to
  }

  #add(entry: Entry | undefined): void {
    if (entry === undefined || entry.suppressed) return
    for (const reading of this.#readings) reading.add(entry)
  }

  #removeOldest(): void {
    const oldest = this.#entries[this.#from++]
    if (oldest === undefined || oldest.suppressed) return
    for (const reading of this.#readings) reading.remove(oldest)
  }

  /** What is exactly `timespan` old is still inside. */
  #holds(index: number, newest: Entry): boolean {
    return newest.atMs - (this.#entries[index]?.atMs ?? 0) <= this.level.timespanMs
  }
}
