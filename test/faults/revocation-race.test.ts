import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect } from 'vitest'
import type { EngineClient } from '../../src/shared/contract/index.ts'
import { startEngine, statusOf } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { rowsOf } from './rows-of.ts'
import { deadlineMs, sized } from './scale.ts'
import { compare, exact } from './verdict.ts'

const sessions = 20
const saves = sized(5_000, 100_000)
const restMs = sized(10, 2)
const userId = 'mallory'
const others = ['session:alice-1', 'session:bob-1']

faultTest(`revoked sessions saved ${saves} times again end dead, with each return on record once`, async () => {
  const startedAtMs = performance.now()
  const [server, { url: postgresUrl }] = await Promise.all([startRedis(), createTestDatabase()])
  const redis = new Redis(server.url)
  const keys = Array.from({ length: sessions }, (_, n) => `session:mallory-${n}`)
  for (const key of [...keys, ...others]) await redis.set(key, valueOf(key, 0))
  const { client, stop } = await startEngine({
    redis: { url: server.url },
    postgres: { url: postgresUrl },
    revocation: { guardMs: deadlineMs },
  })
  const live = async () => (await statusOf(client)).mirror.liveSessions
  await waitFor(async () => (await live()) === sessions + others.length, { what: 'the sessions in the mirror' })

  const saving = saveAgainAndAgain(redis, keys)
  const ended = await revokeUser(client)
  expect(ended).toHaveLength(sessions)
  expect(new Set(ended).size).toBe(sessions)
  await saving
  await waitFor(async () => (await redis.exists(...keys)) === 0, { what: 'the guard to remove what came back last' })

  const guarded = await client.revocations.guarded()
  const returns = guarded.flatMap((session) =>
    Array.from({ length: session.returns }, (_, n) => `${session.sessionId} return ${n + 1}`),
  )
  expect(returns.length).toBeGreaterThan(sessions)
  // The guard's last look at Redis is on record a moment after it.
  await waitFor(async () => (await recordedReturns(postgresUrl)).events.length >= returns.length, {
    what: 'the record',
  })
  await stop()
  const { acts, events } = await recordedReturns(postgresUrl)
  const both = (names: readonly string[], other: readonly string[]) => [
    ...names.map((name) => `act: ${name}`),
    ...other.map((name) => `event: ${name}`),
  ]
  const verdict = compare(
    { events: saves, startedAtMs },
    { expected: both(returns, returns), found: both(acts, events), orphans: [] },
  )
  expect(verdict).toEqual(exact)
  expect(await redis.exists(...others)).toBe(others.length)
  expect(await endsOf(postgresUrl)).toEqual([
    { user_id: 'alice', rows: 1, revoked: 0 },
    { user_id: 'bob', rows: 1, revoked: 0 },
    { user_id: userId, rows: sessions, revoked: sessions },
  ])
  redis.disconnect()
})

const valueOf = (key: string, save: number) =>
  JSON.stringify({ user_id: key.slice('session:'.length).split('-')[0], is_active: true, api_call_count: save })

/** What an application does that read its sessions before they were revoked, and knows nothing of it. */
async function saveAgainAndAgain(redis: Redis, keys: readonly string[]): Promise<void> {
  for (let save = 1; save <= saves; save += keys.length) {
    const pipeline = redis.pipeline()
    for (const [n, key] of keys.entries()) pipeline.set(key, valueOf(key, save + n))
    await pipeline.exec()
    await sleep(restMs)
  }
}

/** @returns the sessions whose end was reported */
async function revokeUser(client: EngineClient): Promise<string[]> {
  const { planId, count } = await client.revocations.plan({ target: { kind: 'user', userId } })
  const reason = { code: 'compromised', text: 'seen in two countries' } as const
  const ended: string[] = []
  for await (const { outcome } of await client.revocations.execute({ planId, reason, confirmCount: count })) {
    if (outcome !== null) ended.push(outcome.sessionId)
  }
  return ended
}

async function recordedReturns(postgresUrl: string): Promise<{ acts: string[]; events: string[] }> {
  const acts = `SELECT session_id, details->>'returns' AS returns FROM admin_session_actions WHERE action = 'revoke_returned'`
  const events = `SELECT session_id, metadata->>'returns' AS returns FROM audit_sessions WHERE event_type = 'token_reuse'`
  return { acts: await names(postgresUrl, acts), events: await names(postgresUrl, events) }
}

const names = async (postgresUrl: string, sql: string): Promise<string[]> =>
  (await rowsOf<{ session_id: string; returns: string }>(postgresUrl, sql)).map(
    (row) => `${row.session_id} return ${row.returns}`,
  )

const endsOf = (postgresUrl: string) =>
  rowsOf(
    postgresUrl,
    `SELECT user_id, count(*)::int AS rows, count(*) FILTER (WHERE end_reason = 'revoked')::int AS revoked
     FROM redis_sync_sessions GROUP BY user_id ORDER BY user_id`,
  )
