import type { AddressRange } from '../../address-range.ts'

/** An address is four words of 32 bits, the highest first. */
const words = 4

/** Addresses of both families, kept as sorted ranges: 32 bytes a range, found by bisection. */
export class AddressSet {
  readonly #lows: Uint32Array
  readonly #highs: Uint32Array
  /** How many ranges there are; of those given, such as overlap are one. */
  readonly ranges: number

  constructor(ranges: Iterable<Bounds>) {
    const merged = merge(ranges)
    this.ranges = merged.length
    this.#lows = packed(merged.map(({ low }) => low))
    this.#highs = packed(merged.map(({ high }) => high))
  }

  /** @param key 16 bytes, as addressKey makes them */
  has(key: Buffer): boolean {
    const [a, b, c, d] = [key.readUInt32BE(0), key.readUInt32BE(4), key.readUInt32BE(8), key.readUInt32BE(12)]
    let from = 0
    let to = this.ranges
    while (from < to) {
      const middle = (from + to) >>> 1
      if (order(this.#lows, middle, a, b, c, d) <= 0) from = middle + 1
      else to = middle
    }
    return from > 0 && order(this.#highs, from - 1, a, b, c, d) >= 0
  }
}

type Bounds = Pick<AddressRange, 'low' | 'high'>

/** Whether the address at `index` lies before (negative), at (0) or after the one that the four words make. */
function order(keys: Uint32Array, index: number, a: number, b: number, c: number, d: number): number {
  const at = index * words
  return (keys[at] ?? 0) - a || (keys[at + 1] ?? 0) - b || (keys[at + 2] ?? 0) - c || (keys[at + 3] ?? 0) - d
}

function merge(ranges: Iterable<Bounds>): Bounds[] {
  const merged: Bounds[] = []
  for (const { low, high } of Array.from(ranges).toSorted((a, b) => Buffer.compare(a.low, b.low))) {
    const before = merged.at(-1)
    if (before === undefined || Buffer.compare(low, before.high) > 0) merged.push({ low, high })
    else if (Buffer.compare(high, before.high) > 0) merged[merged.length - 1] = { low: before.low, high }
  }
  return merged
}

function packed(keys: readonly Buffer[]): Uint32Array {
  const all = new Uint32Array(keys.length * words)
  for (const [index, key] of keys.entries()) {
    for (let word = 0; word < words; word++) all[index * words + word] = key.readUInt32BE(word * 4)
  }
  return all
}
