import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSampler, type SamplerDeps } from '../../../src/main/engine/analytics/sampler.ts'
import { blankEvent } from '../../../src/shared/model/event.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'
import type { Sample } from '../../../src/shared/model/system.ts'

const startMs = Date.parse('2026-11-20T12:00:00.250Z')
let monotonicMs: number
let stored: Sample[]
let failures: unknown[]

beforeEach(() => {
  vi.useFakeTimers({ now: startMs, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  monotonicMs = 0
  stored = []
  failures = []
})
afterEach(() => void vi.useRealTimers())

const createdAt = new Date(startMs)
const event = (type: string) =>
  blankEvent({ eventId: type as EventId, createdAt, kind: 'session', type, source: 'queue' })

function sampler(deps: Partial<SamplerDeps> = {}) {
  return createSampler({
    activeSessions: () => 3,
    queueDepth: () => 5,
    redisLatencyMs: () => 0.7,
    storing: () => true,
    store: {
      putSample: (sample) => void stored.push(sample),
      samples: (fromMs, toMs) => stored.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
    },
    onFailure: (error) => void failures.push(error),
    monotonicNow: () => monotonicMs,
    ...deps,
  })
}

describe('a sample', () => {
  test('has rates over the time that really passed', async () => {
    const charts = sampler()
    charts.recordStored([event('login'), event('login'), event('failed_login'), event('logout')])
    monotonicMs = 4_000
    expect(await charts.sample()).toEqual({
      atMs: startMs,
      activeSessions: 3,
      queueDepth: 5,
      loginsPerSecond: 0.5,
      failuresPerSecond: 0.25,
      storedPerSecond: 1,
      redisLatencyMs: 0.7,
    })
    monotonicMs = 5_000
    expect(await charts.sample()).toMatchObject({ loginsPerSecond: 0, failuresPerSecond: 0, storedPerSecond: 0 })
  })

  test('counts a backlog as stored, its logins not as logins of now', async () => {
    const charts = sampler()
    charts.recordStored([{ ...event('login'), createdAt: new Date(startMs - 61_000) }, event('login')])
    monotonicMs = 1_000
    expect(await charts.sample()).toMatchObject({ loginsPerSecond: 1, storedPerSecond: 2 })
  })

  test('has gaps where a source is away or fails', async () => {
    const charts = sampler({
      activeSessions: () => null,
      queueDepth: () => Promise.reject(new Error('no Redis')),
      redisLatencyMs: () => null,
      storing: () => false,
    })
    charts.recordStored([event('login')])
    monotonicMs = 1_000
    const { atMs, ...measures } = await charts.sample()
    expect(atMs).toBe(startMs)
    expect(new Set(Object.values(measures))).toEqual(new Set([null]))
    expect(failures).toEqual([new Error('no Redis')])
  })
})

describe('a gauge that does not answer', () => {
  test('holds up no other, is not asked again meanwhile, and counts again once it has answered', async () => {
    let asked = 0
    const waiting: ((value: number) => void)[] = []
    const charts = sampler({
      activeSessions: () => {
        asked++
        return new Promise((resolve) => waiting.push(resolve))
      },
    })
    charts.start()
    await vi.advanceTimersByTimeAsync(3_500)
    charts.stop()
    expect(stored.map(({ activeSessions, queueDepth }) => [activeSessions, queueDepth])).toEqual(
      Array.from({ length: 3 }, () => [null, 5]),
    )
    expect(asked).toBe(1)
    waiting[0]?.(7)
    await vi.advanceTimersByTimeAsync(0)
    const next = charts.sample()
    waiting[1]?.(8)
    expect((await next).activeSessions).toBe(8)
  })
})

describe('the series', () => {
  test('is measured at the beginning of each second until stopped', async () => {
    const charts = sampler()
    charts.start()
    charts.start()
    for (let second = 0; second < 3; second++) {
      monotonicMs += 1_000
      await vi.advanceTimersByTimeAsync(1_000)
    }
    charts.stop()
    await vi.advanceTimersByTimeAsync(5_000)
    const second = (index: number) => startMs - 250 + index * 1_000
    expect(charts.series(startMs, startMs + 10_000).map(({ atMs }) => atMs)).toEqual([1, 2, 3].map(second))
    expect(charts.latest()).toMatchObject({ atMs: second(3), queueDepth: 5 })
  })

  test('goes on from what an earlier run left in the cache, with a gap between', async () => {
    stored = [{ ...(await sampler().sample()), atMs: startMs - 60_250 }]
    const charts = sampler()
    monotonicMs = 1_000
    await charts.sample()
    expect(
      charts.series(startMs - 600_000, startMs).map(({ atMs, queueDepth }) => [atMs - startMs, queueDepth]),
    ).toEqual([
      [-60_250, 5],
      [-59_250, null],
      [-250, 5],
    ])
  })

  test('does without a cache that fails', async () => {
    const broken = () => {
      throw new Error('disk full')
    }
    const charts = sampler({ store: { putSample: broken, samples: broken } })
    monotonicMs = 1_000
    await charts.sample()
    expect(charts.series(startMs - 1_000, startMs)).toHaveLength(1)
    expect(failures).toEqual([new Error('disk full'), new Error('disk full')])
  })

  test('is empty at first', () => {
    expect(sampler().series(0, startMs)).toEqual([])
    expect(sampler().latest()).toMatchObject({ atMs: startMs, queueDepth: null })
  })
})
