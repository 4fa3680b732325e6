import path from 'node:path'
import { expect, test } from 'vitest'
import { createSampler, type Sampler } from '../../src/main/engine/analytics/sampler.ts'
import { createCache, type Cache } from '../../src/main/engine/sqlite/cache.ts'
import { openCacheFile } from '../../src/main/engine/sqlite/open.ts'
import { createTempDir } from '../helpers/temp.ts'

const startMs = Date.parse('2026-11-20T10:00:00Z')
const hourMs = 3_600_000

test('the charts of a day survive a restart, with its gap, in as many points as can be drawn', async () => {
  const file = path.join((await createTempDir()).path, 'cache.sqlite')
  let nowMs = startMs
  const sampler = (cache: Cache): Sampler =>
    createSampler({
      activeSessions: () => 40,
      queueDepth: () => null,
      redisLatencyMs: () => 0.5,
      storing: () => true,
      store: cache,
      onFailure: (error) => {
        throw error
      },
      now: () => nowMs,
      monotonicNow: () => nowMs,
    })
  const measure = async (charts: Sampler, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1_000
      await charts.sample()
    }
  }

  const before = createCache(openCacheFile(file).database)
  await measure(sampler(before), 1_200)
  before.close()
  nowMs += hourMs
  const after = createCache(openCacheFile(file).database)
  const charts = sampler(after)
  await measure(charts, 600)

  const minutes = charts.series(nowMs - 10 * 60_000, nowMs)
  expect(minutes).toHaveLength(600)
  expect(minutes.at(-1)).toEqual({ ...charts.latest(), atMs: nowMs })

  const day = charts.series(nowMs - 24 * hourMs, nowMs)
  expect(day.length).toBeLessThan(2_000)
  expect(day.length).toBeGreaterThan(30)
  const gaps = day.filter(({ activeSessions }) => activeSessions === null)
  expect(gaps).toHaveLength(1)
  expect(gaps[0]!.atMs - startMs).toBeGreaterThanOrEqual(1_200_000)
  expect(gaps[0]!.atMs - startMs).toBeLessThan(1_300_000)
  expect(new Set(day.map(({ queueDepth }) => queueDepth))).toEqual(new Set([null]))
  after.close()
})
