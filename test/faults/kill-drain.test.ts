import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

const eventCount = 50_000
/** Every so-manieth item is none, and has to be among the failed ones, once. */
const brokenEvery = 1_000
const leaseMs = 1_000
/** A life ends at a random moment within this time after a random number of claimed items, so that no machine is too fast. */
const mostClaimed = 3_000
const mostMsAfter = 40
/** The larger is claimed in two commands, between which a claim can die too. */
const batchSizes = [250, 1_200]
/** So many lives, and so many of them ended amid a batch: with fewer the test would show nothing. */
const leastKills = 10
const leastInterrupted = 5

/** Park and Miller's minimal standard generator: the moments of a run can be had again from its seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

function startRunner(redisUrl: string, postgresUrl: string, batchSize: number): ChildProcess {
  const args = [redisUrl, postgresUrl, String(leaseMs), String(batchSize)]
  const runner = fork(path.join(import.meta.dirname, 'drain-runner.ts'), args, { execArgv: [] })
  const kill = () => void runner.kill('SIGKILL')
  keep({ release: async () => kill(), abandon: kill })
  return runner
}

/** Numbered in resource_id. Half have an identity of their own; to the others the claim gives one. */
const makeItem = (n: number): string =>
  JSON.stringify({
    event_type: n % 3 === 0 ? 'login' : 'numbered',
    resource_id: `n${n}`,
    ...(n % 2 === 0 ? { event_id: `e${n}`, created_at: '2026-11-20T10:00:00Z' } : {}),
  })

test('killed at random moments, the drain stores each of 50,000 events once', async () => {
  const seed = Number(process.env['GATEHOUSE_FAULT_SEED'] ?? (Date.now() % 2_147_483_646) + 1)
  console.log(`kill-drain: GATEHOUSE_FAULT_SEED=${seed}`)
  const random = createRandom(seed)
  const [server, database] = await Promise.all([startRedis(), createTestDatabase()])
  const redis = new Redis(server.url)
  const broken: string[] = []
  for (let n = 0; n < eventCount; n += brokenEvery) {
    const items = Array.from({ length: brokenEvery }, (_, more) => makeItem(n + more))
    broken.push(`{"broken":${n}`)
    await redis.rpush('audit:queue', ...items, `{"broken":${n}`)
  }

  let kills = 0
  let interrupted = 0
  for (;;) {
    const batchSize = batchSizes[Math.floor(random() * batchSizes.length)]!
    const runner = startRunner(server.url, database.url, batchSize)
    await once(runner, 'message')
    const goal = (await redis.llen('audit:queue')) - random() * mostClaimed
    const claimed = async () => (await redis.llen('audit:queue')) <= Math.max(goal, 0)
    await waitFor(claimed, { what: 'the claims', intervalMs: 1 })
    await sleep(random() * mostMsAfter)
    if ((await redis.llen('audit:queue')) === 0) {
      // The last life is spared: it adopts what the others left behind.
      await waitFor(async () => (await redis.zcard('audit:leases')) === 0, {
        what: 'the leases',
        timeoutMs: 5 * leaseMs,
      })
      runner.disconnect()
      await once(runner, 'exit')
      break
    }
    runner.kill('SIGKILL')
    await once(runner, 'exit')
    kills++
    if ((await redis.zcard('audit:leases')) > 0) interrupted++
  }
  console.log(`kill-drain: ${kills} kills, ${interrupted} amid a batch`)
  expect(kills).toBeGreaterThanOrEqual(leastKills)
  expect(interrupted).toBeGreaterThanOrEqual(leastInterrupted)

  const store = new Client({ connectionString: database.url })
  await store.connect()
  const { rows } = await store.query<{ id: string }>(
    `SELECT coalesce(resource_id, metadata->>'resource_id') AS id FROM audit_events`,
  )
  await store.end()
  const failed = (await redis.lrange('audit:failed', 0, -1)).map((text) => (JSON.parse(text) as { raw: string }).raw)
  const keys = await redis.keys('*')
  redis.disconnect()

  const stored = new Set(rows.map((row) => row.id))
  const missing = Array.from({ length: eventCount }, (_, n) => `n${n}`).filter((id) => !stored.has(id))
  expect({ missing, rows: rows.length }).toEqual({ missing: [], rows: eventCount })
  expect(failed.toSorted()).toEqual(broken.toSorted())
  expect(keys.toSorted()).toEqual(['audit:failed', 'audit:recent'])
}, 120_000)
