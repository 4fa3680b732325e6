import { pino } from 'pino'
import { expect } from 'vitest'
import { compactDay, dayOf, startOfDay } from '../../src/main/engine/postgres/days.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { ensurePartitions } from '../../src/main/engine/postgres/partitions.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { namesBetween } from './numbered.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const eventsEach = sized(5_000, 50_000)
const events = 2 * eventsEach
const batchSize = 400
const today = dayOf(new Date())
const tomorrow = today + 1
/** The first half happens today, of the second half every other event tomorrow: a late change of the clock, say. */
const timeOf = (n: number) => new Date(startOfDay(n >= eventsEach && n % 2 === 0 ? tomorrow : today).getTime() + n)

faultTest(`a partition dropped in mid-drain and made again: each of ${events} events is stored once`, async () => {
  const { url: postgresUrl } = await createTestDatabase()
  const database = openDatabase({ url: postgresUrl, maxConnections: 2 }, pino({ level: 'silent' }))
  keep({ release: () => database.close(), abandon: () => undefined })
  await database.ready()
  const days = { fromDay: today, toDay: tomorrow }
  await ensurePartitions(database, days)
  const world = await openFaultWorld({ postgresUrl, batchSize })
  const engine = world.startEngine()
  await engine.draining
  const push = () => world.push(eventsEach, { allIdentified: true, timeOf })
  const untilHalf = () =>
    waitFor(async () => (await world.redis.llen('audit:queue')) < eventsEach / 2, {
      what: 'half of them',
      intervalMs: 1,
    })
  const inDefault = async () => {
    const count =
      'SELECT (SELECT count(*) FROM audit_logs_default) + (SELECT count(*) FROM audit_sessions_default) AS rows'
    return Number((await database.query<{ rows: string }>(count))[0]?.rows)
  }

  await push()
  await untilHalf()
  for (const table of ['audit_logs', 'audit_sessions']) {
    // Against a batch that holds the table's locks in another order PostgreSQL may refuse either of the two.
    const drop = () => database.query(`DROP TABLE ${table}_${compactDay(tomorrow)}`)
    await waitFor(drop, { what: 'the partition to be dropped', timeoutMs: 30_000 })
  }
  await push()
  await untilHalf()
  expect(await inDefault()).toBeGreaterThan(0)
  await waitFor(() => ensurePartitions(database, days), { what: 'the partitions to be made again' })
  await world.drained()

  expect(await inDefault()).toBe(0)
  expect((await engine.facts()).failedItems).toBe(0)
  expect(await world.judge({ stored: namesBetween(0, events) })).toEqual(exact)
})
