import type { Entry } from '../entry.ts'
import type { FieldValue } from '../rules/fields.ts'

/** As many an analyst wants to see of one value; the value itself leaves a window with the newest alone. */
const keptOfEach = 10

/** What is pruned by `newestOfEach`: of few entries all are kept without a look. */
export const prunedTo =
  (newest: (entries: readonly Entry[]) => Entry[]) =>
  (settled: readonly Entry[]): readonly Entry[] =>
    settled.length <= keptOfEach ? settled : newest(settled)

/**
 * Keeps the newest entries of each key, in order. What is left out of some entries is left out of any window of them too,
 * because there it has the same newer ones after it.
 */
export const newestOfEach =
  (keysOf: (entry: Entry) => readonly FieldValue[]) =>
  (entries: readonly Entry[]): Entry[] => {
    const counts = new Map<FieldValue, number>()
    const kept = entries.toReversed().filter((entry) => {
      let isKept = false
      for (const key of keysOf(entry)) {
        const count = (counts.get(key) ?? 0) + 1
        counts.set(key, count)
        if (count <= keptOfEach) isKept = true
      }
      return isKept
    })
    return kept.toReversed()
  }
