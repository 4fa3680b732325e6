import { expect } from 'vitest'
import { startPostgres } from '../helpers/postgres.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { namesBetween } from './numbered.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const eventsEach = sized(3_000, 20_000)
/** PostgreSQL's immediate shutdown, which does not wait for transactions; and the end of its main process alone. */
const crashes = sized(['SIGQUIT', 'SIGKILL'] as const, ['SIGQUIT', 'SIGKILL', 'SIGQUIT', 'SIGKILL'] as const)
const events = (crashes.length + 1) * eventsEach
const batchSize = 100

faultTest(`PostgreSQL stopped at once in mid-drain: each of ${events} events is stored once`, async () => {
  let server = await startPostgres()
  const world = await openFaultWorld({ postgresUrl: server.url, batchSize })
  const engines = [world.startEngine(), world.startEngine()]
  await Promise.all(engines.map((engine) => engine.draining))

  for (const signal of crashes) {
    await world.push(eventsEach)
    const goal = eventsEach / 2
    await waitFor(async () => (await world.redis.llen('audit:queue')) < goal, { what: 'half of them', intervalMs: 1 })
    await server.end(signal)
    server = await server.restart()
  }
  await world.push(eventsEach)
  await world.drained()

  const retried = await Promise.all(engines.map(async (engine) => (await engine.facts()).retriedBatches))
  expect(retried.reduce((sum, count) => sum + count)).toBeGreaterThan(0)
  expect(await world.judge({ stored: namesBetween(0, events) })).toEqual(exact)
})
