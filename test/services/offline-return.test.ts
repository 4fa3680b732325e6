import { expect, test } from 'vitest'
import { startEngine, statusOf } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { startRelay } from '../helpers/relay.ts'
import { waitFor } from '../helpers/wait.ts'

const through = (url: string, port: number): string => Object.assign(new URL(url), { port: String(port) }).href

test('with Redis and PostgreSQL gone what was stored is still found, with its age; on return all goes on by itself', async () => {
  const redis = await startRedis()
  const postgres = (await createTestDatabase()).url
  const [toRedis, toPostgres] = [await startRelay(redis.port), await startRelay(Number(new URL(postgres).port))]
  const push = (id: string) =>
    redisCli(redis.url, [
      'RPUSH',
      'audit:queue',
      JSON.stringify({ event_type: 'login', event_id: id, user_id: 'alice' }),
    ])
  await redisCli(redis.url, ['SET', 'session:s1', '{"user_id":"alice"}', 'EX', '600'])
  await push('before')
  const { client } = await startEngine({
    redis: { url: through(redis.url, toRedis.port) },
    postgres: { url: through(postgres, toPostgres.port) },
  })
  const cachedEvents = async () => (await statusOf(client)).cache.events
  const found = async (query: string) => client.events.search({ query })
  await waitFor(async () => (await found('id:before')).rows.length === 1, { what: 'the event to be stored' })
  await waitFor(async () => (await client.sessions.search({ query: 'user:alice' })).rows.length === 1, {
    what: 'the session',
  })
  await waitFor(async () => (await cachedEvents()) > 0, {
    what: 'the cache to be filled',
    timeoutMs: 20_000,
  })

  toRedis.cut()
  toPostgres.cut()
  await waitFor(
    async () => {
      const connections = await client.system.connections()
      return connections.redis.status !== 'connected' && connections.postgres.status !== 'connected'
    },
    { what: 'both to be missed' },
  )
  const events = await found('id:before')
  expect(events.rows.map(({ eventId }) => eventId)).toEqual(['before'])
  expect(events.origin.store).toBe('cache')
  expect(events.origin.asOf).toBeInstanceOf(Date)
  expect((await client.sessions.search({ query: 'user:alice' })).origin.store).toBe('cache')
  await expect(client.queues.status()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
  const plan = client.revocations.plan({ target: { kind: 'user', userId: 'alice' } })
  await expect(plan).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
  const { redis: gone } = await client.system.connections()
  expect(gone.reason).toMatch(/127\.0\.0\.1/)

  await push('meanwhile')
  toRedis.mend()
  toPostgres.mend()
  const back = await waitFor(
    async () => {
      const page = await found('id:meanwhile')
      return page.rows.length === 1 && page.origin.store === 'postgres' ? page : null
    },
    { what: 'what was pushed meanwhile', timeoutMs: 30_000 },
  )
  expect(back.rows).toHaveLength(1)
})
