import type { Entry } from '../entry.ts'

/** No quantity is larger, and sums of so many stay far from overflow. */
const largest = 1e150
const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?\s*$/i

/** The number at a position of an entry's facts, written as a number or as a text; null where there is none. */
export function quantityAt(position: number): (entry: Entry) => number | null {
  return ({ facts }) => {
    const fact = facts[position]
    const value = typeof fact === 'number' ? fact : typeof fact === 'string' && decimal.test(fact) ? Number(fact) : NaN
    // 0 and -0 are one value.
    return Math.abs(value) <= largest ? value + 0 : null
  }
}
