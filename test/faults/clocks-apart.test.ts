import { expect } from 'vitest'
import { createTestDatabase } from '../helpers/postgres.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { hasOwnTime, namesBetween } from './numbered.ts'
import { rowsOf } from './rows-of.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const eventsEach = sized(3_000, 50_000)
const events = 2 * eventsEach
const hourMs = 3_600_000
const startedAtMs = Date.now()
/** Producers a millisecond apart, of whom a third is an hour ahead, and a third an hour behind. */
const timeOf = (n: number) => new Date(startedAtMs + ((n % 3) - 1) * hourMs + n)
/** So long that no load keeps an engine from renewing its leases: who adopts a batch here was misled by a clock. */
const leaseMs = 3_000

faultTest(`clocks an hour apart: leases hold, each of ${events} events is stored once and keeps its time`, async () => {
  const { url: postgresUrl } = await createTestDatabase()
  const world = await openFaultWorld({ postgresUrl, queue: { leaseMs } })
  const ahead = world.startEngine({ clockShiftMs: hourMs })
  const behind = world.startEngine({ clockShiftMs: -hourMs })
  await Promise.all([ahead.draining, behind.draining])
  await world.push(eventsEach, { timeOf })
  await world.drained()
  const facts = await Promise.all([ahead.facts(), behind.facts()])
  expect(facts.map(({ adoptedBatches, lateAcknowledgements }) => [adoptedBatches, lateAcknowledgements])).toEqual([
    [0, 0],
    [0, 0],
  ])

  // What the one that is ahead leaves behind is adopted when its lease has run out, by the one that is behind.
  await world.push(eventsEach, { timeOf })
  const held = () => world.redis.hvals('audit:owners')
  const holds = async () => (await held()).some((owner) => owner.startsWith(`${ahead.engineId}/`))
  await waitFor(holds, { what: 'a batch of the engine that is ahead', intervalMs: 1 })
  await ahead.kill()
  await world.drained()

  expect(await wrongTimes(postgresUrl)).toEqual([])
  expect(await world.judge({ stored: namesBetween(0, events) })).toEqual(exact)
})

/** Events whose time is not the producer's, or, where that gave none, not of this test by the clock of Redis. */
async function wrongTimes(postgresUrl: string): Promise<{ name: string; at: Date }[]> {
  const rows = await rowsOf<{ name: string; at: Date }>(
    postgresUrl,
    'SELECT user_id AS name, created_at AS at FROM audit_events',
  )
  const own = new Map(namesBetween(0, events).map((name, n) => [name, hasOwnTime(n) ? timeOf(n).getTime() : null]))
  return rows.filter(({ name, at }) => {
    const expected = own.get(name) ?? null
    return expected === null
      ? at.getTime() < startedAtMs - 1_000 || at.getTime() > Date.now() + 1_000
      : at.getTime() !== expected
  })
}
