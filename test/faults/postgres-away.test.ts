import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { startPostgres } from '../helpers/postgres.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { namesBetween } from './numbered.ts'
import { rowsOf } from './rows-of.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const events = sized(20_000, 100_000)
const awayMs = sized(6_000, 60_000)
/** Time for the workers to notice: from then on nothing more is claimed. */
const noticeMs = 1_000
/**
 * From "ready to accept connections" to the first commit. 0.75 s of it pass at most before the next try to connect, and
 * a tenth on a quiet machine until that is through: the rest is for machines that are not quiet.
 */
const firstCommitWithinMs = 2_000
/** What an engine may hold more at the end of the time than at its beginning, whatever has come into the queue. */
const mostGrowthBytes = 4 * 1024 * 1024
const batchSize = 500

faultTest(
  `PostgreSQL away for ${awayMs / 1_000} s: ${events} events, the first commit within 2 s of its return`,
  async () => {
    let server = await startPostgres()
    const world = await openFaultWorld({ postgresUrl: server.url, batchSize })
    const engine = world.startEngine()
    await engine.draining
    const waiting = async () => (await world.redis.llen('audit:queue')) + (await world.redis.llen('audit:critical'))

    await world.push(events / 4)
    await waitFor(async () => (await waiting()) < events / 5, { what: 'the drain to be under way', intervalMs: 1 })
    await server.end('SIGQUIT')
    await sleep(noticeMs)
    const before = { waiting: await waiting(), facts: await engine.facts(), pushed: world.pushed }
    for (let part = 0; part < 3; part++) {
      await world.push(events / 4)
      await sleep((awayMs - noticeMs) / 3)
    }
    const after = { waiting: await waiting(), facts: await engine.facts() }
    expect(after.waiting - before.waiting).toBe(world.pushed - before.pushed)
    expect(after.facts.liveBytes - before.facts.liveBytes).toBeLessThan(mostGrowthBytes)

    server = await server.restart()
    const returnedAtMs = performance.now()
    const batches = async () => (await rowsOf(server.url, 'SELECT FROM ingest_batch')).length
    const stored = await batches()
    await waitFor(async () => (await batches()) > stored, { what: 'the first commit', intervalMs: 10 })
    const tookMs = Math.round(performance.now() - returnedAtMs)
    console.log(`postgres-away: the first commit came ${tookMs} ms after PostgreSQL was back`)
    expect(tookMs).toBeLessThan(firstCommitWithinMs)

    await world.drained()
    expect(await world.judge({ stored: namesBetween(0, events) })).toEqual(exact)
  },
)
