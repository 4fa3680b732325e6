import { Redis } from 'ioredis'
import { expect } from 'vitest'
import { startEngine, statusOf } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { rowsOf } from './rows-of.ts'
import { sized } from './scale.ts'
import { compare, exact } from './verdict.ts'

const kills = sized(1, 10)
const changesEach = 10_000
const changes = kills * changesEach
const sessions = 500
const writtenAtOnce = 10
/** Every so-manieth change ends its session instead. */
const endEvery = 11

faultTest(`the tracking connection killed during ${changes} changes: the mirror equals Redis`, async () => {
  const startedAtMs = performance.now()
  const [server, { url: postgresUrl }] = await Promise.all([startRedis(), createTestDatabase()])
  const application = new Redis(server.url)
  const { client, stop } = await startEngine({
    redis: { url: server.url },
    postgres: { url: postgresUrl },
    privacy: { sessionIds: 'plain' },
  })
  const tracks = async () => {
    const { mirror, counters } = await statusOf(client)
    return mirror.tracking.status === 'on' && counters.reconciles > 0 && !mirror.running
  }
  await waitFor(tracks, { what: 'the tracking to begin' })
  const reconcilesBefore = (await statusOf(client)).counters.reconciles

  for (let from = 0; from < changes; from += changesEach) {
    await change(application, from, from + changesEach / 2)
    await killTracking(application)
    await change(application, from + changesEach / 2, from + changesEach)
    await waitFor(tracks, { what: 'the tracking to begin again' })
  }

  const inRedis = await sessionsInRedis(application)
  const live = () =>
    rowsOf<{ name: string }>(
      postgresUrl,
      `SELECT session_id || ' ' || api_call_count AS name FROM redis_sync_sessions WHERE ended_at IS NULL`,
    ).then((rows) => rows.map(({ name }) => name))
  const isEqual = async () => (await live()).toSorted().join() === inRedis.toSorted().join()
  // What is not equal after that is shown by the comparison.
  await waitFor(isEqual, { what: 'the mirror to equal Redis', timeoutMs: 20_000 }).catch(() => undefined)
  const { counters } = await statusOf(client)
  await stop()
  expect(counters.reconciles - reconcilesBefore).toBe(kills)
  const found = await live()
  expect(compare({ events: changes, startedAtMs }, { expected: inRedis, found, orphans: [] })).toEqual(exact)
  application.disconnect()
})

/** Change `n` is what its session says last: the number stands in the session. */
async function change(application: Redis, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += writtenAtOnce) {
    const pipeline = application.pipeline()
    for (let n = start; n < start + writtenAtOnce; n++) {
      const id = `s${n % sessions}`
      if (n % endEvery === 5) pipeline.del(`session:${id}`)
      else pipeline.set(`session:${id}`, JSON.stringify({ session_id: id, user_id: `u${n % 50}`, api_call_count: n }))
    }
    await pipeline.exec()
  }
}

async function killTracking(application: Redis): Promise<void> {
  const list = String(await application.client('LIST'))
  const line = list.split('\n').find((text) => text.includes(' name=gatehouse-hints '))
  await application.client('KILL', 'ID', /id=(\d+)/.exec(line ?? '')?.[1] ?? '')
}

async function sessionsInRedis(application: Redis): Promise<string[]> {
  const keys: string[] = []
  for await (const page of application.scanStream({ match: 'session:*', count: 1_000 }))
    keys.push(...(page as string[]))
  const values = await application.mget([...new Set(keys)])
  return values.map((value) => {
    const session = JSON.parse(value ?? '{}') as { session_id: string; api_call_count: number }
    return `${session.session_id} ${session.api_call_count}`
  })
}
