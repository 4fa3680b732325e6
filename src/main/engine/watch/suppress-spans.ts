import type { AddressSpan } from './suppress-pattern.ts'

/** Things that hold for spans of addresses, found by an address; spans may overlap. */
export class SpanIndex<Item> {
  readonly #spans: readonly { low: Buffer; high: Buffer; item: Item }[]
  /** The highest end of the spans up to each: a walk back ends where nothing can reach the address any more. */
  readonly #reach: readonly Buffer[]

  constructor(spans: readonly (AddressSpan & { item: Item })[]) {
    this.#spans = spans.toSorted((a, b) => Buffer.compare(a.low, b.low))
    let reach: Buffer = Buffer.alloc(16)
    this.#reach = this.#spans.map(({ high }) => (reach = Buffer.compare(high, reach) > 0 ? high : reach))
  }

  /** @param key 16 bytes, as addressKey makes them */
  at(key: Buffer): Item[] {
    let from = 0
    let to = this.#spans.length
    while (from < to) {
      const middle = (from + to) >>> 1
      const span = this.#spans[middle]
      if (span !== undefined && Buffer.compare(span.low, key) <= 0) from = middle + 1
      else to = middle
    }
    const found: Item[] = []
    for (let index = from - 1; index >= 0; index--) {
      const [span, reach] = [this.#spans[index], this.#reach[index]]
      if (span === undefined || reach === undefined || Buffer.compare(reach, key) < 0) break
      if (Buffer.compare(span.high, key) >= 0) found.push(span.item)
    }
    return found
  }
}
