/** A seeded source of random numbers: the same seed gives the same sample people. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [low, high]. */
  between(low: number, high: number): number
  pick<T>(items: readonly T[]): T
  /** How many of a Poisson process with this mean happen. */
  poisson(mean: number): number
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for traffic. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    pick: <T>(items: readonly T[]): T => {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    poisson: (mean) => {
      // Knuth's method; the means here are small.
      const limit = Math.exp(-mean)
      let product = next()
      let count = 0
      while (product > limit) {
        count++
        product *= next()
      }
      return count
    },
  }
}
