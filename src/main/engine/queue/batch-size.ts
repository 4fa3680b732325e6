import type { Config } from '../config-schema.ts'

type Sizes = Config['queue']['batch']

/** Pairs: a number of waiting items, and the size of a batch from there on; ascending, from 0. */
export const sizeSteps = ({ small, mediumFrom, medium, largeFrom, large, bulkFrom, bulk }: Sizes): number[] => [
  0,
  small,
  mediumFrom,
  medium,
  largeFrom,
  large,
  bulkFrom,
  bulk,
]

/** The sizes while critical events keep coming (turns.ts). */
export const modestSizes = (sizes: Sizes): Sizes => ({ ...sizes, bulk: Math.min(sizes.bulk, sizes.large) })

/** How many items the next batch is to hold, as the claim of the lists has it (claim.ts). */
export function batchSize(sizes: Sizes, waiting: number, leastSize: number): number {
  const steps = sizeSteps(sizes)
  let size = 1
  for (let i = 0; i < steps.length; i += 2) if (waiting >= (steps[i] ?? 0)) size = steps[i + 1] ?? size
  return Math.max(size, leastSize)
}
