import { describe, expect, test } from 'vitest'
import { bucket, emptySample } from '../../../src/main/engine/analytics/bucket.ts'
import type { Sample } from '../../../src/shared/model/system.ts'

const sampleAt = (atMs: number, queueDepth: number | null): Sample => ({ ...emptySample(atMs), queueDepth })
const depths = (points: readonly Sample[]) => points.map(({ atMs, queueDepth }) => [atMs, queueDepth])

describe('seconds', () => {
  test('stay as they are while the points suffice', () => {
    const samples = [sampleAt(1_010, 1), sampleAt(2_020, 2), sampleAt(3_005, 3)]
    expect(depths(bucket(samples, 0, 10_000, 100))).toEqual([
      [1_000, 1],
      [2_000, 2],
      [3_000, 3],
    ])
  })

  test('that are missing leave one empty point at the beginning of the gap', () => {
    const samples = [sampleAt(1_000, 1), sampleAt(2_000, 2), sampleAt(60_000, 3)]
    expect(depths(bucket(samples, 0, 100_000, 200))).toEqual([
      [1_000, 1],
      [2_000, 2],
      [3_000, null],
      [60_000, 3],
    ])
  })

  test('in which one measure failed keep the others', () => {
    const sample = { ...sampleAt(1_000, null), activeSessions: 7 }
    expect(bucket([sample], 0, 10_000, 100)).toEqual([sample])
  })
})

describe('longer stretches', () => {
  test('are means of what was measured', () => {
    const samples = [4, 8, null, 3].map((depth, second) => sampleAt(second * 1_000, depth))
    expect(depths(bucket(samples, 0, 8_000, 5))).toEqual([
      [0, 6],
      [2_000, 3],
    ])
  })

  test('keep gaps and never exceed the points', () => {
    const day = Array.from({ length: 86_400 }, (_, second) => second).filter((second) => second % 7_200 > 600)
    const points = bucket(
      day.map((second) => sampleAt(second * 1_000 + 500, 1)),
      500,
      86_400_000,
      2_000,
    )
    expect(points.length).toBeLessThanOrEqual(2_000)
    expect(points.filter(({ queueDepth }) => queueDepth === null)).toHaveLength(11)
    expect(new Set(points.map(({ queueDepth }) => queueDepth))).toEqual(new Set([1, null]))
  })
})

test('nothing measured is nothing drawn', () => {
  expect(bucket([], 0, 10_000, 100)).toEqual([])
  expect(bucket([sampleAt(5_000, 1)], 5_000, 5_000, 100)).toHaveLength(1)
})
