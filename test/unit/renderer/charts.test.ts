import { describe, expect, test } from 'vitest'
import { withSample } from '../../../src/renderer/api/live-feed.ts'
import {
  cursorAfterKey,
  joinSamples,
  lastPoint,
  spreadLabels,
  toColumns,
} from '../../../src/renderer/charts/chart-data.ts'
import { chartSpecs } from '../../../src/renderer/charts/chart-spec.ts'
import { readout } from '../../../src/renderer/charts/readout.ts'
import { marksWithin, outagesIn } from '../../../src/renderer/charts/system-marks.ts'
import { chartMoment } from '../../../src/renderer/pages/overview/chart-moment.ts'
import type { Sample } from '../../../src/shared/model/system.ts'

const sample = (second: number, activeSessions: number | null = second): Sample => ({
  atMs: second * 1_000,
  activeSessions,
  loginsPerSecond: 0,
  failuresPerSecond: 0,
  queueDepth: 0,
  storedPerSecond: 0,
  redisLatencyMs: 0,
})
const seconds = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => sample(from + at))
const all = { fromMs: 0, toMs: 1_000_000 }

describe('samples', () => {
  test('history and what came since have each moment once', () => {
    const joined = joinSamples(seconds(0, 5), seconds(3, 8))
    expect(joined.map(({ atMs }) => atMs / 1_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(joinSamples([], seconds(3, 5))).toHaveLength(2)
  })

  test('one that was told twice is kept once', () => {
    const once = withSample([], sample(1))
    expect(withSample(once, sample(1))).toBe(once)
    expect(withSample(once, sample(2))).toHaveLength(2)
  })
})

describe('columns', () => {
  test('a stretch without samples breaks the line', () => {
    const [x, y] = toColumns([...seconds(0, 3), ...seconds(10, 12)], ['activeSessions'], all, 10_000)
    expect(x).toEqual([0, 1, 2, 3, 10, 11])
    expect(y).toEqual([0, 1, 2, null, 10, 11])
  })

  test('a sample a little late breaks nothing', () => {
    const late = { ...sample(3), atMs: 3_900 }
    const [, y] = toColumns([...seconds(0, 3), late], ['activeSessions'], all, 10_000)
    expect(y).toEqual([0, 1, 2, 3])
  })

  test('what was not measured stays not measured', () => {
    const [, y] = toColumns([sample(0), sample(1, null), sample(2)], ['activeSessions'], all, 10_000)
    expect(y).toEqual([0, null, 2])
  })

  test('many samples are joined by their highest value, and gaps stay gaps', () => {
    const samples = [...seconds(0, 100), ...seconds(200, 300)]
    const [x, y = []] = toColumns(samples, ['activeSessions'], { fromMs: 0, toMs: 300_000 }, 30)
    expect(x.length).toBeLessThanOrEqual(31)
    expect(y).toContain(9)
    expect(y).toContain(299)
    expect(y.filter((value) => value === null)).toHaveLength(1)
  })

  test('nothing outside the window is drawn', () => {
    const [x] = toColumns(seconds(0, 10), ['activeSessions'], { fromMs: 3_000, toMs: 5_000 }, 100)
    expect(x).toEqual([3, 4, 5])
  })
})

describe('words beside the lines', () => {
  const [sessions] = chartSpecs
  if (sessions === undefined) throw new Error('there are no charts')

  test('say the last value that was measured, or the one at the crosshair', () => {
    expect(lastPoint([1, 2, 3], [5, 6, null])).toEqual({ x: 2, y: 6 })
    expect(lastPoint([1], [null])).toBeNull()
    const columns: [number[], (number | null)[]] = [
      [1, 2, 3],
      [5, 6, null],
    ]
    expect(readout(sessions, columns, null)).toEqual([{ label: 'active', text: '6' }])
    expect(readout(sessions, columns, 0)).toEqual([{ label: 'active', text: '5' }])
    expect(readout(sessions, columns, 2)).toEqual([{ label: 'active', text: 'not measured' }])
  })

  test('labels never lie on each other, nor outside', () => {
    expect(spreadLabels([50, 52, 10], 12, 100)).toEqual([50, 62, 10])
    expect(spreadLabels([95, 97], 12, 100)).toEqual([76, 88])
    expect(spreadLabels([-5], 12, 100)).toEqual([0])
  })

  test('keys walk along the points and stop at both ends', () => {
    const steps = ['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'x'].map((key) => cursorAfterKey(key, 5, 20))
    expect(steps).toEqual([4, 6, 0, 19, 0, null])
    expect(cursorAfterKey('ArrowLeft', null, 20)).toBe(19)
    expect(cursorAfterKey('ArrowRight', 19, 20)).toBe(19)
    expect(cursorAfterKey('ArrowRight', 0, 0)).toBeNull()
  })
})

describe('the window', () => {
  const range = { kind: 'last', span: '5m' } as const

  test('ends at the last sample while samples come', () => {
    const { window, staleFromMs } = chartMoment(range, { nowMs: 1_000_000, lastMs: 999_000, feed: 'live' })
    expect(window).toEqual({ fromMs: 699_000, toMs: 999_000 })
    expect(staleFromMs).toBeNull()
  })

  test('goes on without samples, and says from when on it is old', () => {
    expect(chartMoment(range, { nowMs: 1_000_000, lastMs: 900_000, feed: 'broken' })).toEqual({
      window: { fromMs: 700_000, toMs: 1_000_000 },
      staleFromMs: 900_000,
    })
    expect(chartMoment(range, { nowMs: 1_000_000, lastMs: 999_000, feed: 'paused' }).staleFromMs).toBe(999_000)
  })

  test('a fixed stretch of the past is never old', () => {
    const fixed = { kind: 'between', fromMs: 1, toMs: 2 } as const
    expect(chartMoment(fixed, { nowMs: 1_000_000, lastMs: 5, feed: 'broken' })).toEqual({
      window: { fromMs: 1, toMs: 2 },
      staleFromMs: null,
    })
  })
})

describe('outages', () => {
  const whole = (atMs: number): Sample => ({
    atMs,
    activeSessions: 1,
    loginsPerSecond: 0,
    failuresPerSecond: 0,
    queueDepth: 0,
    storedPerSecond: 0,
    redisLatencyMs: 1,
  })
  const second = 1_000
  const away = (atMs: number, part: Partial<Sample>): Sample => ({ ...whole(atMs), ...part })

  test('last from the first sample that lacks something to the next that has it', () => {
    const samples = [
      whole(0),
      ...[1, 5, 9].map((at) => away(at * second, { redisLatencyMs: null, activeSessions: null })),
      whole(12 * second),
      ...[13, 17].map((at) => away(at * second, { storedPerSecond: null })),
      whole(73 * second),
    ]
    expect(outagesIn(samples)).toMatchObject([
      { fromMs: 1 * second, toMs: 12 * second, words: 'Redis was away for 11 s' },
      { fromMs: 13 * second, toMs: 73 * second, words: 'PostgreSQL was away for 1 min' },
    ])
  })

  test('are a restart where nothing at all was measured', () => {
    const none = (at: number) => ({ ...whole(at * second), ...empty })
    expect(outagesIn([whole(0), none(1), whole(61 * second), whole(62 * second)])).toMatchObject([
      { fromMs: 1 * second, toMs: 61 * second, words: 'The engine did not run for 1 min' },
    ])
    // What came live has not quite the times of what was asked for.
    const empties = [none(1), none(1.003), ...Array.from({ length: 19 }, (_, at) => none(at + 2))]
    expect(outagesIn([whole(0), ...empties, whole(21 * second)])).toMatchObject([
      { fromMs: 1 * second, toMs: 21 * second, words: 'Redis was away for 20 s' },
      { fromMs: 1 * second, toMs: 21 * second, words: 'PostgreSQL was away for 20 s' },
    ])
  })

  test('go on while they do, and are none where they are a beat of measuring', () => {
    expect(outagesIn([whole(0), away(1 * second, { redisLatencyMs: null }), whole(2 * second)])).toEqual([])
    const samples = [whole(0), ...[1, 31].map((at) => away(at * second, { redisLatencyMs: null }))]
    expect(outagesIn(samples)).toMatchObject([{ toMs: null, words: 'Redis has been away for 30 s' }])
  })

  test('and what else is marked in a window stand in the order of time, the latest of them', () => {
    const mark = (fromMs: number, toMs: number | null = null) => ({ fromMs, toMs, words: String(fromMs), href: null })
    const { marks, total } = marksWithin([mark(50), mark(5, 20), mark(30), mark(99)], { fromMs: 10, toMs: 60 }, 2)
    expect(marks.map(({ fromMs }) => fromMs)).toEqual([30, 50])
    expect(total).toBe(3)
  })
})

const empty = {
  activeSessions: null,
  loginsPerSecond: null,
  failuresPerSecond: null,
  queueDepth: null,
  storedPerSecond: null,
  redisLatencyMs: null,
}
