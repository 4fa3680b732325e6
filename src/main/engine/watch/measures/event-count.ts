import type { Entry } from '../entry.ts'
import type { Measure, Reading } from './measure.ts'

class EventCount implements Reading {
  value = 0

  add({ weight }: Entry): void {
    this.value += weight
  }

  remove({ weight }: Entry): void {
    this.value -= weight
  }
}

/** Sigma's `event_count`: the sum of the weights, which are whole numbers. */
export const eventCount: Measure = {
  name: 'event_count',
  start: () => new EventCount(),
  ceiling(entries) {
    let sum = 0
    for (const { weight } of entries) sum += weight
    return sum
  },
}
