import { expect } from 'vitest'
import { createTestDatabase } from '../helpers/postgres.ts'
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
  faultTest(`cut in COMMIT, whose ${part} is lost: each of ${events} events is stored and counted once`, async () => {
    const { url: postgresUrl } = await createTestDatabase()
    const relay = await startCommitRelay(Number(new URL(postgresUrl).port), part, cutEvery)
    const enginePostgresUrl = Object.assign(new URL(postgresUrl), { port: relay.port }).href
    // Leases outlast the pauses: no other owner is to count what this one stored.
    const world = await openFaultWorld({ postgresUrl, enginePostgresUrl, batchSize, queue: { leaseMs: 10_000 } })
    await world.push(events)
    const engine = world.startEngine()
    await world.drained()

    const { storedEvents, duplicateEvents, adoptedBatches } = await engine.facts()
    expect([storedEvents, duplicateEvents, adoptedBatches]).toEqual([events, 0, 0])
    expect(relay.cuts()).toBeGreaterThanOrEqual(leastCuts)
    expect(await world.judge({ stored: namesBetween(0, events) })).toEqual(exact)
  })
}
