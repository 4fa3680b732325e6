import { describe, expect, test } from 'vitest'
import { LastMinute } from '../../../src/main/engine/health/last-minute.ts'
import { LatencyWindow } from '../../../src/main/engine/health/latency-window.ts'

describe('latencies', () => {
  test('are exact quantiles by nearest rank, whatever the order', () => {
    const window = new LatencyWindow()
    for (let ms = 100; ms > 0; ms--) window.add(ms, 1_000)
    expect(window.quantiles(1_000)).toEqual({ p50Ms: 50, p95Ms: 95, p99Ms: 99, samples: 100 })
    expect(window.meanMs(1_000)).toBe(50.5)
    expect(new LatencyWindow().quantiles(0)).toBeNull()
    expect(new LatencyWindow().meanMs(0)).toBeNull()
  })

  test('are of the last minute, their count and sum of all time', () => {
    const window = new LatencyWindow()
    window.add(500, 0)
    window.add(3, 59_000)
    expect(window.quantiles(59_999)).toMatchObject({ p99Ms: 500, samples: 2 })
    expect(window.quantiles(60_000)).toMatchObject({ p50Ms: 3, p99Ms: 3, samples: 1 })
    expect(window.quantiles(119_000)).toBeNull()
    expect([window.count, window.sumMs]).toEqual([2, 503])
  })

  test('keep the newest where there are too many', () => {
    const window = new LatencyWindow(3)
    for (const ms of [900, 1, 2, 3]) window.add(ms, 0)
    expect(window.quantiles(0)).toMatchObject({ p50Ms: 2, p99Ms: 3, samples: 3 })
    expect(window.count).toBe(4)
  })
})

describe('the last minute of counters', () => {
  test('grows with them, and forgets what is older', () => {
    let stored = 100
    const minute = new LastMinute(() => ({ stored }), 0)
    stored = 130
    expect(minute.growth()).toEqual({ stored: 30 })
    minute.note(30_000)
    stored = 150
    minute.note(60_000)
    expect(minute.growth()).toEqual({ stored: 50 })
    minute.note(61_000)
    expect(minute.growth()).toEqual({ stored: 20 })
    minute.note(121_000)
    expect(minute.growth()).toEqual({ stored: 0 })
    stored = 5
    expect(minute.growth()).toEqual({ stored: 0 })
    minute.note(182_000)
    stored = 7
    expect(minute.growth()).toEqual({ stored: 2 })
  })
})
