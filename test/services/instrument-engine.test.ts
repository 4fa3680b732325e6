import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { createAuditLogger } from '../../src/instrument/index.ts'
import { startEngine } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

test('what a full queue held back is stored once the engine drains, and what was held back and lost is shown', async () => {
  const { url } = await startRedis()
  const redis = new Redis(url)
  keep({ release: async () => redis.disconnect(), abandon: () => undefined })
  await redis.ping()
  const audit = createAuditLogger({ redis, depthLimit: 1_000, maxWaiting: 4_500, onProblem: () => undefined })
  for (let n = 0; n < 5_000; n++) audit.log({ action: 'numbered', user_id: 'alice', resource_id: `${n}` })
  const ban = audit.logCritical({ event_type: 'permanent_ban_applied', user_id: 'mallory' })
  await audit.flush()
  expect(await ban).toBe('pushed')
  expect(audit.counters()).toMatchObject({ overflowed: 3_500, dropped: 500, waiting: 3_500 })

  const engine = await startEngine({ redis: { url }, postgres: { url: (await createTestDatabase()).url } })
  await waitFor(() => audit.counters().waiting === 0, { what: 'everything in Redis', timeoutMs: 20_000 })
  const numbers = new Set<number>()
  await waitFor(
    async () => {
      let rows = 0
      for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
        const page = await engine.client.events.search({ query: 'type:numbered', limit: 500, cursor })
        for (const { resourceId } of page.rows) numbers.add(Number(resourceId))
        rows += page.rows.length
        cursor = page.nextCursor
      }
      return rows === 4_500
    },
    { what: '4,500 events in the tables', timeoutMs: 20_000, intervalMs: 250 },
  )
  // The oldest were dropped, none was stored twice.
  expect([...numbers].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 4_500 }, (_, n) => n + 500))
  const { pressure } = await engine.client.queues.status()
  expect(pressure.overflowEvents).toBeGreaterThanOrEqual(3_500)
  expect(pressure.droppedEvents).toBe(500)
})
