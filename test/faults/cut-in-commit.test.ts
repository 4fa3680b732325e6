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

/** A cut costs its worker a pause, so that many more of them would only take longer. */
const larger = { events: sized(5_000, 100_000), cutEvery: sized(5, 10), batchSize: sized(100, 300) }
/** COMMIT goes along with the rows of these. */
const copied = { events: sized(5_000, 100_000), cutEvery: sized(3, 10), batchSize: 500 }
/** Three in four of these are stored by one statement: it is the COMMIT, too. */
const single = { events: sized(600, 100_000), cutEvery: sized(30, 200), batchSize: 1 }

for (const [part, { events, cutEvery, batchSize }] of [
  ['request', larger],
  ['answer', larger],
  ['request', copied],
  ['answer', copied],
  ['request', single],
  ['answer', single],
] as const) {
  const title = `cut in COMMIT, whose ${part} is lost: each of ${events} events, ${batchSize} at a time, is stored and told once`
  faultTest(title, async () => {
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
    // Commits that succeed come beside those that are cut.
    expect(relay.cuts()).toBeGreaterThanOrEqual(Math.floor(events / batchSize / cutEvery))
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
