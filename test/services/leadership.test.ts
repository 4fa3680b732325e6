import { once } from 'node:events'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createLeadership, type Leadership } from '../../src/main/engine/postgres/leadership.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { GatehouseError } from '../../src/shared/errors.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { waitFor } from '../helpers/wait.ts'

const log = pino({ level: 'silent' })
let url: string
/** Somebody else in the database, who sees and ends what the engines hold. */
let admin: Client
let engines: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  url = (await createTestDatabase()).url
  admin = new Client({ connectionString: url })
  await admin.connect()
  await admin.query('CREATE TABLE written (what text PRIMARY KEY)')
})
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()))
  engines = []
  await admin.query(`TRUNCATE written; DELETE FROM gatehouse_settings WHERE key = 'leadership'`)
})
afterAll(() => admin.end())

/** As much of an engine as leads: it stands only when it is told to. */
async function openEngine(leader: string, duties = ['mirror', 'watcher']) {
  const application = `gatehouse ${leader}`
  const database = openDatabase({ url, maxConnections: 4 }, log, application)
  await database.ready()
  const problems = new Problems()
  const leadership = createLeadership({ url, database, candidate: { leader, application, duties }, problems, log })
  const duty = { begun: 0, ended: 0 }
  const engine = {
    leadership,
    problems,
    application,
    duty,
    stand: () =>
      leadership.start(async (signal) => {
        duty.begun++
        if (!signal.aborted) await once(signal, 'abort')
        duty.ended++
      }),
    write: (what: string, before: () => Promise<void> = async () => undefined) =>
      leadership.database.transaction(async (tx) => {
        await tx.query('INSERT INTO written VALUES ($1)', [what])
        await before()
      }),
    stop: async () => {
      await leadership.stop()
      await database.close()
    },
  }
  engines.push(engine)
  return engine
}

type TestEngine = Awaited<ReturnType<typeof openEngine>>

const leads = ({ leadership }: { leadership: Leadership }) =>
  waitFor(() => leadership.state().leads, { what: 'the lead' })
const written = async () =>
  (await admin.query<{ what: string }>('SELECT what FROM written')).rows.map(({ what }) => what)
const isNotLeader = (error: unknown) => error instanceof GatehouseError && error.code === 'NOT_LEADER'

/** The first leads, and the next waits for the lead. */
async function succeed(first: TestEngine, next: TestEngine): Promise<void> {
  first.stand()
  await leads(first)
  next.stand()
  const isWaiting = () => next.leadership.state().leader === first.leadership.state().leader
  await waitFor(isWaiting, { what: 'the next one to know the leader' })
}

/** The server ends the session that holds the lock, as it does with one that was silent for too long. */
const endLease = () =>
  admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = pg_locks.database
     WHERE locktype = 'advisory' AND objid = 7204104 AND granted AND d.datname = current_database()`,
  )

test('one engine leads, all know which, and another follows when it leaves', async () => {
  const [a, b, viewer] = [await openEngine('host/1'), await openEngine('host/2'), await openEngine('host/3')]
  viewer.leadership.watch()
  a.stand()
  await leads(a)
  b.stand()
  for (const { leadership } of [b, viewer]) {
    await waitFor(() => leadership.state().leader === 'host/1', { what: 'the name of the leader' })
    expect(leadership.state()).toEqual({ leads: false, leader: 'host/1', since: a.leadership.state().since })
  }
  expect(b.duty.begun).toBe(0)
  await a.stop()
  await leads(b)
  expect(a.duty).toEqual({ begun: 1, ended: 1 })
  await waitFor(() => viewer.leadership.state().leader === 'host/2', { what: 'the name of the next leader' })
  await b.stop()
  await waitFor(() => viewer.leadership.state().leader === null, { what: 'the word that nobody leads' })
})

test('a leader whose lease ended stops its duty, and stands again when the duty has ended', async () => {
  const engine = await openEngine('host/1')
  engine.stand()
  await leads(engine)
  await endLease()
  await waitFor(() => engine.duty.ended === 1, { what: 'the end of the duty' })
  await leads(engine)
  expect(engine.duty).toEqual({ begun: 2, ended: 1 })
  expect(engine.problems.list()).toMatchObject([{ area: 'postgres', reason: /lead was lost/ }])
})

test('what a leader has under way when another takes over is not stored', async () => {
  const [old, next] = [await openEngine('host/1'), await openEngine('host/2')]
  await succeed(old, next)
  await old.write('while it led')
  // It does not notice anything: its duty goes on with a transaction that began before.
  const writing = old.write('too late', async () => {
    await endLease()
    await leads(next)
  })
  await expect(writing).rejects.toSatisfy(isNotLeader)
  await expect(old.write('later still')).rejects.toSatisfy(isNotLeader)
  await next.write('by the next')
  expect(await written()).toEqual(['while it led', 'by the next'])
})

test('a take-over waits for a transaction that is being committed, and comes after it', async () => {
  const [old, next] = [await openEngine('host/1'), await openEngine('host/2')]
  await succeed(old, next)
  // As between the look at the epoch and the COMMIT.
  await admin.query(`BEGIN; SELECT value FROM gatehouse_settings WHERE key = 'leadership' FOR SHARE`)
  await endLease()
  await waitFor(() => next.problems.list().length > 0, { what: 'a take-over that has to wait' })
  expect(next.leadership.state().leads).toBe(false)
  await old.stop()
  await admin.query('COMMIT')
  await leads(next)
})

test('a transaction in which the leader before stands still is ended by the take-over', async () => {
  const [old, next] = [await openEngine('host/1'), await openEngine('host/2')]
  await succeed(old, next)
  const stopped = new Client({ connectionString: url, application_name: old.application })
  stopped.on('error', () => undefined)
  const ended = new Promise((resolve) => stopped.once('end', resolve))
  await stopped.connect()
  await stopped.query(`BEGIN; INSERT INTO written VALUES ('held')`)
  const isLong = async () => {
    const { rows } = await admin.query(
      `SELECT FROM pg_stat_activity WHERE application_name = $1 AND xact_start < clock_timestamp() - interval '3.1 s'`,
      [old.application],
    )
    return rows.length > 0
  }
  await waitFor(isLong, { what: 'the transaction to last' })
  await endLease()
  await leads(next)
  await ended
  // It need not wait for the other.
  await next.write('held')
  expect(await written()).toEqual(['held'])
})

test('work for once is done by who can lead, and left to who leads', async () => {
  const [single, leader] = [await openEngine('host/1'), await openEngine('host/2')]
  expect(await single.leadership.once(() => single.write('once').then(() => 'done'))).toBe('done')
  leader.stand()
  await leads(leader)
  expect(await single.leadership.once(() => single.write('twice'))).toBeNull()
  expect(single.leadership.state().leader).toBe('host/2')
  expect(await written()).toEqual(['once'])
})

test('an engine says so when the leader leaves out what it would do itself', async () => {
  const [leader, other] = [await openEngine('host/1', ['mirror']), await openEngine('host/2')]
  leader.stand()
  await leads(leader)
  other.stand()
  await waitFor(() => other.problems.list().length > 0, { what: 'the problem' })
  expect(other.problems.list()).toMatchObject([{ count: 1, examples: ['host/1 runs no watcher'] }])
})
