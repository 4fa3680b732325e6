import { Redis } from 'ioredis'
import { beforeEach, expect, test } from 'vitest'
import type { AuditEvent } from '../../src/shared/model/event.ts'
import { startEngine, type TestEngine } from '../helpers/engine.ts'
import { startExampleApp, type ExampleApp } from '../helpers/example-app.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'

let redis: RedisServer
let engine: TestEngine

beforeEach(async () => {
  redis = await startRedis()
  engine = await startEngine({ redis: { url: redis.url }, postgres: { url: (await createTestDatabase()).url } })
})

const stored = async (query: string, count: number): Promise<AuditEvent[]> =>
  waitFor(
    async () => {
      const { rows } = await engine.client.events.search({ query, limit: 200 })
      return rows.length >= count ? rows : null
    },
    { what: `${count} events of ${query}` },
  )

/** A browser of somebody at an address: keeps its cookie. */
function browser(app: ExampleApp, address: string) {
  let cookie = ''
  return async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${app.url}${path}`, {
      method,
      headers: {
        cookie,
        'x-forwarded-for': address,
        'content-type': 'application/json',
        authorization: 'Bearer secret',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? cookie
    return response
  }
}

test('on Express: what people do over HTTP is in the tables of Gatehouse, each once, to the last event', async () => {
  const app = await startExampleApp('express-app', redis.url)
  const alice = browser(app, '198.51.100.1')
  expect((await alice('GET', '/api/document/1')).status).toBe(401)
  const forged = { cookie: 'connect.sid=s%3Aforged.signature' }
  expect((await fetch(`${app.url}/api/document/1`, { headers: forged })).status).toBe(401)
  expect((await alice('POST', '/login', { account: 'alice', password: 'password of alice' })).status).toBe(204)
  for (let n = 0; n < 29; n++) {
    const response = await alice('GET', `/api/document/${n}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('ratelimit-remaining')).toBe(String(29 - n))
  }
  expect((await alice('GET', '/api/document/last')).status).toBe(200)
  const refused = await alice('GET', '/api/document/beyond')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused.headers.get('ratelimit')).toMatch(/^"api";r=0;t=\d+$/)
  expect(await refused.json()).toMatchObject({ error: 'RATE_LIMITED' })

  const session = await waitFor(
    async () => {
      const [row] = (await engine.client.sessions.search({ query: 'user:alice state:live' })).rows
      // The login and 31 requests; the one before it had no session.
      return row?.apiCallCount === 32 ? row : null
    },
    { what: "alice's calls in her session" },
  )
  expect(session).toMatchObject({ profile: 'connect-redis', userId: 'alice' })
  expect(Math.abs(Date.now() - (session.lastActive?.getTime() ?? 0))).toBeLessThan(60_000)

  const reads = await stored('type:document.read', 30)
  expect(reads).toHaveLength(30)
  expect(reads[0]?.metadata).toMatchObject({ authorization: '[redacted]' })
  expect(reads.every(({ sessionId }) => sessionId === session.sessionId)).toBe(true)
  expect(await stored('type:rate_limit_hit', 1)).toHaveLength(1)
  await alice('POST', '/logout')

  // What still waits, the checks above all, goes when the application ends.
  const last = JSON.parse(await app.stop()) as Record<string, Record<string, number>>
  expect(last['audit']).toMatchObject({ waiting: 0, dropped: 0 })
  expect(last['activity']).toMatchObject({ recorded: 33, written: 32, unwritten: 1, waiting: 0, dropped: 0 })
  expect(last['checks']).toMatchObject({ pushed: 31, waiting: 0, dropped: 0 })
  const checks = await stored('type:session_check', 31)
  expect(checks).toHaveLength(31)
  expect(new Set(checks.map(({ userId }) => userId))).toEqual(new Set(['alice']))
  expect(await stored('type:login', 1)).toHaveLength(1)
  expect(await stored('type:logout', 1)).toHaveLength(1)
})

test('on Express: guesses lock the account, then ban the address; both are on record', async () => {
  const app = await startExampleApp('express-app', redis.url)
  const guess = async (account: string, address: string) =>
    (await browser(app, address)('POST', '/login', { account, password: 'guess' })).status
  for (let n = 0; n < 5; n++) expect(await guess('bob', `192.0.2.${n}`)).toBe(401)
  const bob = browser(app, '192.0.2.99')
  const locked = await bob('POST', '/login', { account: 'bob', password: 'password of bob' })
  expect(locked.status).toBe(429)
  expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
  for (let n = 0; n < 8; n++) expect(await guess(`user${n}`, '203.0.113.9')).toBe(401)
  expect(await guess('somebody', '203.0.113.9')).toBe(429)

  const failures = await stored('type:failed_login', 13)
  expect(failures).toHaveLength(13)
  expect(failures[0]?.metadata).toMatchObject({ password: '[redacted]' })
  const [attempt] = await stored('type:brute_force_attempt', 1)
  expect(attempt).toMatchObject({ userId: 'bob', category: 'warning', resourceType: 'account' })
  const [ban] = await stored('type:permanent_ban_applied', 1)
  expect(ban).toMatchObject({ ipAddress: '203.0.113.9', category: 'critical', source: 'critical' })
})

test('on Fastify: limit, activity, checks and events', async () => {
  const app = await startExampleApp('fastify-app', redis.url)
  const login = await fetch(`${app.url}/login/carol`, { method: 'POST' })
  const { sessionId } = (await login.json()) as { sessionId: string }
  const visit = () => fetch(`${app.url}/page`, { headers: { authorization: `Bearer ${sessionId}` } })
  for (let n = 0; n < 10; n++) expect((await visit()).status).toBe(200)
  const refused = await visit()
  expect(refused.status).toBe(429)
  expect(refused.headers.get('x-ratelimit-limit')).toBe('10')
  expect(refused.headers.get('retry-after')).not.toBeNull()
  await app.stop()
  const client = new Redis(redis.url)
  keep({ release: async () => client.disconnect(), abandon: () => undefined })
  expect(await client.hget(`session:${sessionId}`, 'api_call_count')).toBe('11')
  expect(await stored('type:session_check', 10)).toHaveLength(10)
  const [event] = await stored('type:login', 1)
  expect(event).toMatchObject({ userId: 'carol' })
  expect(await stored('type:rate_limit_hit', 1)).toHaveLength(1)
})
