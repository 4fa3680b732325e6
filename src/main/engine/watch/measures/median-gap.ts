import type { Entry } from '../entry.ts'
import type { Measure, Reading } from './measure.ts'
import { NumberBag } from './number-bag.ts'

class MedianGap implements Reading {
  readonly #entries: Entry[] = []
  #oldest = 0
  readonly #gapsMs = new NumberBag()

  /** NaN, which keeps no bounds, where there are not two happenings. */
  get value(): number {
    const { size } = this.#gapsMs
    const lower = this.#gapsMs.atRank(Math.ceil(size / 2))
    const upper = this.#gapsMs.atRank(Math.floor(size / 2) + 1)
    return (lower + upper) / 2 / 1000
  }

  add(entry: Entry): void {
    const before = this.#entries.at(-1)
    if (this.#oldest < this.#entries.length && before !== undefined) this.#gapsMs.add(entry.atMs - before.atMs, 1)
    if (entry.weight > 1) this.#gapsMs.add(0, entry.weight - 1)
    this.#entries.push(entry)
  }

  remove(entry: Entry): void {
    const after = this.#entries[++this.#oldest]
    if (after !== undefined) this.#gapsMs.remove(after.atMs - entry.atMs, 1)
    if (entry.weight > 1) this.#gapsMs.remove(0, entry.weight - 1)
    if (this.#oldest * 2 < this.#entries.length) return
    this.#entries.splice(0, this.#oldest)
    this.#oldest = 0
  }
}

/**
 * Half of the pauses from one happening to the next are at least so long, in seconds: the median, which a few bursts or a
 * night do not move. What one event stands for has no pause in between.
 */
export const medianGap: Measure = { name: 'median_gap', start: () => new MedianGap() }
