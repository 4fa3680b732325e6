import type { Measure } from './measure.ts'

/** Sigma's `event_count`: the sum of the weights, which are whole numbers. */
export const eventCount: Measure = {
  name: 'event_count',
  start() {
    let value = 0
    return {
      add(entry) {
        value += entry.weight
      },
      remove(entry) {
        value -= entry.weight
      },
      get value() {
        return value
      },
    }
  },
  ceiling: (entries) => entries.reduce((sum, { weight }) => sum + weight, 0),
}
