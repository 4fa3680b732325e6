import { describe, expect, test } from 'vitest'
import { keeps } from '../../../src/main/engine/watch/bounds.ts'
import type { Entry } from '../../../src/main/engine/watch/entry.ts'
import { eventCount } from '../../../src/main/engine/watch/measures/event-count.ts'
import { ExactSum } from '../../../src/main/engine/watch/measures/exact-sum.ts'
import type { Measure } from '../../../src/main/engine/watch/measures/measure.ts'
import { medianGap } from '../../../src/main/engine/watch/measures/median-gap.ts'
import { openCount } from '../../../src/main/engine/watch/measures/open-count.ts'
import { perValue, valueMax } from '../../../src/main/engine/watch/measures/per-value.ts'
import { streak } from '../../../src/main/engine/watch/measures/streak.ts'
import { temporalOrdered } from '../../../src/main/engine/watch/measures/temporal-ordered.ts'
import { temporal } from '../../../src/main/engine/watch/measures/temporal.ts'
import { noTimeKmh, travel, travelKm } from '../../../src/main/engine/watch/measures/travel.ts'
import { unresolved } from '../../../src/main/engine/watch/measures/unresolved.ts'
import { valueCount } from '../../../src/main/engine/watch/measures/value-count.ts'
import { valuePercentile } from '../../../src/main/engine/watch/measures/value-percentile.ts'
import { valueAverage, valueSum } from '../../../src/main/engine/watch/measures/value-sum.ts'
import type { FieldValue } from '../../../src/main/engine/watch/rules/fields.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'
import { seeded } from './support.ts'

let serial = 0
const entry = (facts: readonly FieldValue[], rest: Partial<Entry> = {}): Entry => {
  serial++
  const eventId = `e${String(serial).padStart(6, '0')}` as EventId
  return { atMs: serial * 1000, eventId, weight: 1, inputs: 1, facts, suppressed: false, alertId: null, ...rest }
}

function valueOf(measure: Measure, entries: readonly Entry[]): number {
  const reading = measure.start()
  for (const one of entries) reading.add(one)
  return reading.value
}

const values = (...facts: FieldValue[]) => facts.map((fact) => entry([fact]))
const through = (...inputs: number[]) => inputs.map((mask) => entry([], { inputs: mask }))

describe('value_count', () => {
  test('counts different values, and nothing where there is none', () => {
    expect(valueOf(valueCount([0]), values('a', 'b', 'a', null, 'A'))).toBe(3)
    expect(valueOf(valueCount([0]), values(1, '1', true))).toBe(3)
  })

  test('counts tuples of several fields, whatever their values contain', () => {
    const pairs = [
      ['a', 'b,c'],
      ['a,b', 'c'],
      ['a', 'b,c'],
      ['a', null],
      ['"a"', 'b'],
      ['a', '"b"'],
    ]
    expect(
      valueOf(
        valueCount([0, 1]),
        pairs.map((facts) => entry(facts)),
      ),
    ).toBe(4)
  })
})

describe('value_sum and value_avg', () => {
  test('read numbers and texts that are numbers, by weight', () => {
    const entries = [...values(2, '3.5', 'many', null, true, '0x10', ''), entry([10], { weight: 3 })]
    expect(valueOf(valueSum(0), entries)).toBe(35.5)
    expect(valueOf(valueAverage(0), entries)).toBe(35.5 / 5)
  })

  test('of nothing are 0, and no number at all', () => {
    expect(valueOf(valueSum(0), values(null, 'x'))).toBe(0)
    const average = valueOf(valueAverage(0), values(null, 'x'))
    expect([{ lt: 5 }, { gte: 0 }, { neq: 3 }, { eq: 0 }].filter((bounds) => keeps(bounds, average))).toEqual([])
  })

  test('forget exactly what has left', () => {
    const reading = valueSum(0).start()
    const [large, small] = values(1e16, 0.1)
    reading.add(large!)
    reading.add(small!)
    reading.remove(large!)
    expect(reading.value).toBe(0.1)
  })

  test('leave out what is no quantity, before it spoils the rest', () => {
    expect(valueOf(valueSum(0), values(1e308, -1e308, 1e308, Infinity, NaN, '1e999', 4))).toBe(4)
  })

  test.each([1, 2, 3, 4, 5])('are exact to the last bit (seed %i)', (seed) => {
    const random = seeded(seed)
    const numbers = Array.from({ length: 300 }, () => (random() - 0.5) * 2 ** Math.floor(random() * 120 - 60))
    const sum = new ExactSum()
    for (const number of numbers) sum.add(number)
    // In units of 2^-160, in which all of them are whole.
    const scaled = numbers.reduce((total, number) => total + BigInt(number * 2 ** 160), 0n)
    expect(sum.value).toBe(Number(scaled) / 2 ** 160)
    for (const number of numbers.slice(1)) sum.add(-number)
    expect(sum.value).toBe(numbers[0])
  })
})

describe('value_percentile', () => {
  test('is the nearest rank', () => {
    const entries = values(15, 20, 35, 40, 50)
    const at = (percentile: number) => valueOf(valuePercentile(0, percentile), entries)
    expect([0, 5, 30, 40, 50, 100].map(at)).toEqual([15, 15, 20, 20, 35, 50])
  })

  test('counts an entry as often as it weighs', () => {
    expect(valueOf(valuePercentile(0, 50), [...values(1, 2), entry([9], { weight: 3 })])).toBe(9)
  })
})

describe('temporal', () => {
  test('is the number of inputs seen, in any order', () => {
    expect(valueOf(temporal, through(0b100, 0b001, 0b100))).toBe(2)
    expect(valueOf(temporal, through(0b110))).toBe(2)
  })

  test('in order is how far they came from the first on', () => {
    const length = (...inputs: number[]) => valueOf(temporalOrdered(3), through(...inputs))
    expect(length(0b001, 0b010, 0b100)).toBe(3)
    expect(length(0b100, 0b010, 0b001)).toBe(1)
    expect(length(0b010, 0b100)).toBe(0)
    expect(length(0b001, 0b100, 0b010)).toBe(2)
    expect(length(0b001, 0b010, 0b001, 0b100)).toBe(3)
  })

  test('in order takes one entry for one step only', () => {
    expect(valueOf(temporalOrdered(2), through(0b11))).toBe(1)
    expect(valueOf(temporalOrdered(2), through(0b11, 0b11))).toBe(2)
  })

  test('in order forgets a sequence with its first step', () => {
    const reading = temporalOrdered(2).start()
    const entries = through(0b01, 0b10, 0b10)
    for (const one of entries) reading.add(one)
    expect(reading.value).toBe(2)
    reading.remove(entries[0]!)
    expect(reading.value).toBe(0)
  })

  test('in order with a least time is complete by whichever sequence began early enough', () => {
    const measure = temporalOrdered(2, 10_000)
    const at = (second: number, inputs: number) => entry([], { atMs: second * 1000, inputs })
    expect(valueOf(measure, [at(0, 1), at(9, 2)])).toBe(1)
    expect(valueOf(measure, [at(0, 1), at(10, 2)])).toBe(2)
    expect(valueOf(measure, [at(0, 1), at(11, 1), at(12, 2)])).toBe(2)
  })
})

describe('per_value and value_max', () => {
  test('are the mean and the most of the events that a value has', () => {
    const entries = [...values('a', 'b', 'a', null), entry(['c'], { weight: 4 })]
    expect(valueOf(perValue([0]), entries)).toBe(7 / 3)
    expect(valueOf(valueMax([0]), entries)).toBe(4)
  })

  test('of no values are no number, and 0', () => {
    expect(valueOf(perValue([0]), values(null))).toBeNaN()
    expect(valueOf(valueMax([0]), values(null))).toBe(0)
  })

  test('the most falls to the next one when what had it leaves', () => {
    const reading = valueMax([0]).start()
    const entries = [entry(['a'], { weight: 9 }), ...values('b', 'b', 'a')]
    for (const one of entries) reading.add(one)
    expect(reading.value).toBe(10)
    reading.remove(entries[0]!)
    expect(reading.value).toBe(2)
  })
})

describe('median_gap', () => {
  const after = (...seconds: number[]) => seconds.map((second) => entry([], { atMs: second * 1000 }))

  test('is the median of the pauses in seconds', () => {
    expect(valueOf(medianGap, after(0, 700, 701, 1500))).toBe(700)
    expect(valueOf(medianGap, after(0, 700, 1500))).toBe(750)
  })

  test('has no number before there is a pause', () => {
    expect(valueOf(medianGap, after(5))).toBeNaN()
  })

  test('knows no pause within an event that stands for several', () => {
    expect(valueOf(medianGap, [entry([], { atMs: 0, weight: 3 }), entry([], { atMs: 9000 })])).toBe(0)
  })
})

describe('open_count', () => {
  const of = (...steps: [inputs: number, session: string | null][]) =>
    valueOf(
      openCount([0]),
      steps.map(([inputs, session]) => entry([session], { inputs })),
    )

  test('counts what began and did not end, each once', () => {
    expect(of([1, 'a'], [1, 'b'], [1, 'a'], [2, 'b'], [4, 'c'], [1, 'd'], [1, null])).toBe(2)
  })

  test('counts again what began again', () => {
    expect(of([1, 'a'], [2, 'a'], [1, 'a'])).toBe(1)
  })

  test('counts no more what began before the window', () => {
    const reading = openCount([0]).start()
    const entries = [entry(['a']), entry(['b']), entry(['a'])]
    for (const one of entries) reading.add(one)
    reading.remove(entries[0]!)
    expect(reading.value).toBe(2)
    reading.remove(entries[1]!)
    expect(reading.value).toBe(1)
  })

  test('lists what is open as the evidence', () => {
    const entries = [entry(['a']), entry(['b']), entry(['a'], { inputs: 2 }), entry(['c'])]
    expect(openCount([0]).evidence?.(entries)).toEqual([entries[1], entries[3]])
  })
})

describe('travel and travel_km', () => {
  const berlin = [52.52, 13.405, 0] as const
  const moscow = [55.7558, 37.6173, 0] as const
  const around = ([latitude, longitude]: readonly number[], radius: number) => [latitude!, longitude!, radius]
  const seen = (...sights: [seconds: number, place: readonly FieldValue[]][]) =>
    sights.map(([second, facts]) => entry([...facts], { atMs: second * 1000 }))
  const nowhere = [null, null, null]

  test('are distance and speed between the last two places', () => {
    const entries = seen([0, moscow], [60, berlin], [7260, moscow])
    expect(valueOf(travelKm([0, 1, 2]), entries)).toBe(1608)
    expect(valueOf(travel([0, 1, 2]), entries)).toBe(804)
  })

  test('are less by the radii of both places, and never negative', () => {
    const near = seen([0, around(berlin, 300)], [3600, around(moscow, 700)])
    expect(valueOf(travelKm([0, 1, 2]), near)).toBe(608)
    expect(valueOf(travel([0, 1, 2]), near)).toBe(608)
    const overlapping = seen([0, around(berlin, 900)], [0, around(moscow, 900)])
    expect(valueOf(travel([0, 1, 2]), overlapping)).toBe(0)
  })

  test('no time between two places is the highest speed, between the same place none', () => {
    expect(valueOf(travel([0, 1, 2]), seen([0, berlin], [0, moscow]))).toBe(noTimeKmh)
    expect(valueOf(travel([0, 1, 2]), seen([0, berlin], [0, berlin]))).toBe(0)
  })

  test('look past entries without a place, and say nothing of them', () => {
    const entries = seen([0, berlin], [60, nowhere], [3600, moscow], [3601, nowhere])
    expect(valueOf(travelKm([0, 1, 2]), entries.slice(0, 3))).toBe(1608)
    expect(valueOf(travelKm([0, 1, 2]), entries)).toBe(0)
    expect(travelKm([0, 1, 2]).evidence?.(entries.slice(0, 3))).toEqual([entries[0], entries[2]])
  })

  test('take no negative radius for a place', () => {
    expect(valueOf(travelKm([0, 1, 2]), seen([0, berlin], [60, around(moscow, -1)]))).toBe(0)
  })
})

describe('streak', () => {
  const [failed, login] = [1, 2]
  const of = (positions: readonly number[], ...steps: [inputs: number, user: string, weight?: number][]) =>
    valueOf(
      streak(positions, 2),
      steps.map(([inputs, user, weight = 1]) => entry([user], { inputs, weight })),
    )

  test('is what came before a success, and nothing elsewhere', () => {
    expect(of([], [failed, 'a'], [failed, 'b', 3], [login, 'c'])).toBe(4)
    expect(of([], [failed, 'a'], [login, 'a'], [failed, 'a'])).toBe(0)
    expect(of([], [login, 'a'])).toBe(0)
  })

  test('begins anew after a success', () => {
    expect(of([], [failed, 'a'], [login, 'a'], [failed, 'a'], [login, 'a'])).toBe(1)
  })

  test('by value goes on for those who had no success', () => {
    const steps: [number, string][] = [
      [failed, 'a'],
      [failed, 'b'],
      [failed, 'b'],
      [login, 'b'],
      [login, 'c'],
    ]
    expect(of([0], ...steps.slice(0, 4))).toBe(3)
    expect(of([0], ...steps)).toBe(1)
  })
})

describe('unresolved', () => {
  const [failed, login] = [1, 2]
  const steps = (...list: [inputs: number, user: string | null][]) =>
    list.map(([inputs, user]) => entry([user], { inputs }))

  test('leaves out what an entry of the other input follows', () => {
    const entries = steps([failed, 'a'], [failed, 'b'], [login, 'a'], [failed, 'a'], [login, 'c'], [failed, null])
    expect(valueOf(unresolved(eventCount, [0], 1), entries)).toBe(3)
    expect(valueOf(unresolved(valueCount([0]), [0], 1), entries)).toBe(2)
    expect(unresolved(eventCount, [0], 1).evidence?.(entries)).toEqual([entries[1], entries[3], entries[5]])
  })
})

const measures = [
  eventCount,
  valueCount([0]),
  valueCount([0, 1]),
  valueSum(2),
  valueAverage(2),
  valuePercentile(2, 75),
  temporal,
  temporalOrdered(3),
  temporalOrdered(3, 9_000),
  perValue([0]),
  valueMax([0, 1]),
  medianGap,
  openCount([0]),
  travel([0, 1, 0]),
  travelKm([0, 1, 0]),
  streak([], 3),
  streak([0], 2),
  unresolved(eventCount, [0], 1),
  unresolved(medianGap, [0], 2),
  unresolved(valueCount([1]), [0], 0),
  unresolved(perValue([0]), [0, 1], 1),
]

describe('every measure, over random windows', () => {
  const traffic = (random: () => number) =>
    Array.from({ length: 120 }, () =>
      entry([Math.floor(random() * 4), random() < 0.2 ? null : Math.floor(random() * 3), (random() - 0.5) * 1e6], {
        weight: random() < 0.2 ? 1 + Math.floor(random() * 5) : 1,
        inputs: 1 + Math.floor(random() * 7),
      }),
    )

  test.each(measures)('$name says of a window what it says of its entries alone', (measure) => {
    const random = seeded(7)
    const entries = traffic(random)
    const reading = measure.start()
    let from = 0
    for (const [index, one] of entries.entries()) {
      reading.add(one)
      while (from < index && random() < 0.5) reading.remove(entries[from++]!)
      const window = entries.slice(from, index + 1)
      expect(reading.value).toBe(valueOf(measure, window))
      expect(reading.value > (measure.ceiling?.(window) ?? Infinity)).toBe(false)
    }
  })

  const withFollowers = measures.filter(({ follows }) => follows !== undefined)
  test.each(withFollowers)('$name is what it is of nothing, of entries that only follow', (measure) => {
    const followers = traffic(seeded(3)).filter((one) => measure.follows?.(one))
    expect(followers.length).toBeGreaterThan(10)
    expect(measure.prune?.(followers)).toEqual([])
    const reading = measure.start()
    for (const one of followers) {
      reading.add(one)
      expect(reading.value).toBe(measure.start().value)
    }
  })

  test.each(measures)('$name says the same when what it can do without is forgotten', (measure) => {
    const random = seeded(11)
    for (let round = 0; round < 200; round++) {
      const entries = traffic(random).slice(0, 2 + Math.floor(random() * 60))
      const settled = Math.floor(random() * entries.length)
      const from = Math.floor(random() * settled)
      const pruned = new Set(measure.prune?.(entries.slice(0, settled)) ?? entries.slice(0, settled))
      const window = entries.slice(from)
      const rest = window.filter((one, index) => from + index >= settled || pruned.has(one))
      expect(valueOf(measure, rest)).toBe(valueOf(measure, window))
      const evidence = (of: Entry[]) => (measure.evidence?.(of) ?? of).map(({ eventId }) => eventId)
      expect(evidence(rest)).toEqual(evidence(window))
    }
  })
})
