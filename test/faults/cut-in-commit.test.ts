import type { Redis } from 'ioredis'
import { expect } from 'vitest'
import { createTestDatabase } from '../helpers/postgres.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'
import { startCommitRelay } from './commit-relay.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { namesBetween } from './numbered.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const events = sized(5_000, 100_000)
/** A cut costs its worker a pause, so that many more of them would only take longer. */
const cutEvery = sized(5, 10)
const batchSize = sized(100, 500)
/** Commits that succeed come beside those that are cut. */
const leastCuts = Math.floor(events / batchSize / cutEvery)

for (const part of ['request', 'answer'] as const) {
  faultTest(`cut in COMMIT, whose ${part} is lost: each of ${events} events is stored and told once`, async () => {
    const { url: postgresUrl } = await createTestDatabase()
    const relay = await startCommitRelay(Number(new URL(postgresUrl).port), part, cutEvery)
    const enginePostgresUrl = Object.assign(new URL(postgresUrl), { port: relay.port }).href
    // Leases outlast the pauses: no other owner is to count what this one stored.
    const world = await openFaultWorld({ postgresUrl, enginePostgresUrl, batchSize, queue: { leaseMs: 10_000 } })
    const heard = await listenTo(world.redis, 'audit:logs')
    await world.push(events)
    const engine = world.startEngine()
    await world.drained()

    const { storedEvents, duplicateEvents, adoptedBatches } = await engine.facts()
    expect([storedEvents, duplicateEvents, adoptedBatches]).toEqual([events, 0, 0])
    expect(relay.cuts()).toBeGreaterThanOrEqual(leastCuts)
    const names = namesBetween(0, events)
    expect(await world.judge({ stored: names })).toEqual(exact)
    await waitFor(() => heard.length >= events, { what: 'all of them on the live feed' })
    expect(heard.map((text) => (JSON.parse(text) as { user_id: string }).user_id).toSorted()).toEqual(names.toSorted())
  })
}

async function listenTo(redis: Redis, channel: string): Promise<string[]> {
  const heard: string[] = []
  const subscriber = redis.duplicate()
  keep({ release: async () => subscriber.disconnect(), abandon: () => undefined })
  subscriber.on('message', (_channel, message: string) => heard.push(message))
  await subscriber.subscribe(channel)
  return heard
}
