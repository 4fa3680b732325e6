import { isContractProcedure, type AnyContractRouter } from '@orpc/contract'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigSchema, type Config } from '../../src/main/engine/config-schema.ts'
import { spawnEngine, type EngineHandle } from '../../src/main/engine/spawn.ts'
import { createLogger } from '../../src/main/log.ts'
import { loadScreen } from '../../src/main/screen-files.ts'
import { apiPage } from '../../src/main/web/api-page.ts'
import { startWebHost } from '../../src/main/web/host.ts'
import { contract } from '../../src/shared/contract/index.ts'
import { maxMessageBytes } from '../../src/shared/limits.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'
import { ask } from './ask.ts'
import { eventAt } from './fixture-facts.ts'
import { createScreenDir } from './screen-dir.ts'

const log = createLogger('test', 'silent')
const metricsToken = 'metrics-token-of-the-test'
const workerFile = new URL('fixture-engine.ts', import.meta.url).pathname
let config: Config
let engine: EngineHandle
let port: number
let token: string

beforeAll(async () => {
  config = ConfigSchema.parse({ home: (await createTempDir()).path, log: { level: 'silent' } })
  engine = await spawnEngine({ config, secretKey: null, log, workerFile })
})
afterAll(() => engine.stop())

const start = async (withToken: string | null, on = engine) => {
  const screen = await loadScreen(await createScreenDir())
  const { home } = config
  const host = await startWebHost({ engine: on, screen, home, port: 0, metricsToken: withToken, log })
  const url = new URL(host.url)
  return { host, port: Number(url.port), token: url.hash.slice('#token='.length) }
}
// A host for each test: what one of them guessed wrong must not slow the next one down.
beforeEach(async () => {
  const started = await start(metricsToken)
  port = started.port
  token = started.token
  return () => started.host.stop()
})

const bearer = (value: string) => ({ Authorization: `Bearer ${value}` })
const statusOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).status
const cookie = async () => {
  const { headers } = await ask(port, '/auth', bearer(token), 'POST')
  return { Cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' }
}
const call = (path: string, input: unknown, headers: Record<string, string> = bearer(token)) =>
  ask(port, path, { ...headers, 'Content-Type': 'application/json' }, 'POST', JSON.stringify(input))

const monitored = ['/metrics', '/api/v1/monitoring/health', '/api/v1/monitoring/audit-metrics']

describe('metrics and health', () => {
  it('are given to the token that is good for them, to the token of the host, and to who is signed in', async () => {
    const signedIn = await cookie()
    for (const headers of [bearer(metricsToken), bearer(token), signedIn]) {
      const metrics = await ask(port, '/metrics', headers)
      expect(metrics).toMatchObject({ status: 200, body: 'fixture_up 1\n' })
      expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
      const health = await ask(port, '/api/v1/monitoring/health', headers)
      expect(health.status).toBe(200)
      expect(JSON.parse(health.body)).toMatchObject({ status: 'healthy', services: { audit_worker: 'off' } })
    }
  })

  it.each(monitored)('keep others out: %s', async (target) => {
    expect(await statusOf(port, target)).toBe(401)
    expect(await statusOf(port, target, bearer('a-wrong-metrics-token'))).toBe(401)
    expect(await statusOf(port, target, bearer(''))).toBe(401)
    expect(await statusOf(port, target, { ...bearer(metricsToken), Host: 'example.com' })).toBe(403)
    expect(await statusOf(port, target, { ...bearer(metricsToken), Origin: 'http://example.com' })).toBe(403)
    expect(await statusOf(port, target, bearer(metricsToken), 'POST')).toBe(405)
  })

  it('open nothing else with their token', async () => {
    for (const target of ['/auth', '/api/docs', '/api/openapi.json', '/exports/x']) {
      expect(await statusOf(port, target, bearer(metricsToken))).toBe(401)
    }
    expect((await call('/api/v1/queues/status', undefined, bearer(metricsToken))).status).toBe(401)
  })

  it('slow down who guesses their token, and do not look at the right one meanwhile', async () => {
    const guesses = []
    for (let n = 0; n < 7; n++) guesses.push(await statusOf(port, '/metrics', bearer(`metrics-guess-${n}`)))
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect(await statusOf(port, '/metrics', bearer(metricsToken))).toBe(429)
  })

  it('are closed to all other tokens where none is configured', async () => {
    const { host, port: other, token: own } = await start(null)
    try {
      expect(await statusOf(other, '/metrics', bearer('null'))).toBe(401)
      expect(await statusOf(other, '/metrics', bearer(own))).toBe(200)
    } finally {
      await host.stop()
    }
  })

  it('say that nothing works once the engine is gone', async () => {
    const lost = await spawnEngine({ config, secretKey: null, log, workerFile })
    const { host, port: other } = await start(metricsToken, lost)
    try {
      expect(await statusOf(other, '/api/v1/monitoring/health', bearer(metricsToken))).toBe(200)
      await lost.stop()
      const health = await ask(other, '/api/v1/monitoring/health', bearer(metricsToken))
      expect(health.status).toBe(503)
      expect(JSON.parse(health.body)).toMatchObject({ status: 'unhealthy', services: { redis: 'unhealthy' } })
      expect(await statusOf(other, '/metrics', bearer(metricsToken))).toBe(503)
    } finally {
      await host.stop()
    }
  })
})

describe('the API over HTTP', () => {
  it('answers calls as the engine does', async () => {
    const found = await call('/api/v1/events/search', { query: '', limit: 7 })
    expect(found.status).toBe(200)
    expect(found.headers['cache-control']).toBe('no-store')
    expect(JSON.parse(found.body)).toMatchObject({
      rows: [{ eventId: 'event-1', createdAt: eventAt.toISOString(), metadata: { limit: 7 } }],
      origin: { store: 'cache' },
    })
    expect((await call('/api/v1/queues/status', undefined)).status).toBe(200)
  })

  it('streams as server-sent events, and ends the subscription with the request', async () => {
    const body = JSON.stringify({ query: '' })
    const headers = { ...bearer(token), 'Content-Type': 'application/json' }
    const leave = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/events/tail`, {
      method: 'POST',
      headers,
      body,
      signal: leave.signal,
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      if (text.includes('event-1')) break
    }
    leave.abort()
    const subscriptions = async () => (await engine.client('test').queues.status()).queues[0]?.depth
    await waitFor(async () => (await subscriptions()) === 0, { what: 'the end of the subscription' })
  })

  it('fails with codes, statuses and messages of the closed set', async () => {
    const syntax = await call('/api/v1/events/search', { query: 'coded' })
    expect({ status: syntax.status, ...(JSON.parse(syntax.body) as object) }).toMatchObject({
      status: 400,
      code: 'QUERY_SYNTAX',
      data: { position: 5 },
    })
    const invalid = await call('/api/v1/events/search', { limit: 'many' })
    expect(invalid.status).toBe(400)
    const unforeseen = await call('/api/v1/events/search', { query: 'unforeseen' })
    expect(unforeseen.status).toBe(500)
    expect(unforeseen.body).not.toContain('secret')
    expect((await call('/api/v1/queues/nothing', {})).status).toBe(404)
    expect((await call('/api/v1/other', {})).status).toBe(405)
  })

  it('takes JSON alone, whose names change nothing but its own', async () => {
    const send = (type: string, body: string) =>
      ask(port, '/api/v1/events/search', { ...bearer(token), 'Content-Type': type }, 'POST', body)
    expect((await send('application/x-www-form-urlencoded', '__proto__[polluted]=yes&query=')).status).toBe(415)
    expect((await send('multipart/form-data; boundary=x', '--x--')).status).toBe(415)
    expect((await send('text/plain', '{}')).status).toBe(415)
    expect((await send('application/json', '{"query":')).status).toBe(400)
    const hostile = '{"query":"","__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}'
    const { status, body } = await send('application/json; charset=utf-8', hostile)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ rows: [{ metadata: { polluted: null } }] })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('refuses a body that is larger than any call', async () => {
    expect((await call('/api/v1/events/search', { query: 'x'.repeat(maxMessageBytes) })).status).toBe(413)
  })

  it('lets nobody in but who may, and no page of another site', async () => {
    const path = '/api/v1/queues/status'
    expect((await call(path, undefined, {})).status).toBe(403)
    expect((await call(path, undefined, bearer('guess'))).status).toBe(401)
    const signedIn = await cookie()
    expect((await call(path, undefined, signedIn)).status).toBe(403)
    expect((await call(path, undefined, { ...signedIn, Origin: 'http://example.com' })).status).toBe(403)
    expect((await call(path, undefined, { ...signedIn, Origin: `http://127.0.0.1:${port}` })).status).toBe(200)
  })
})

describe('the description of the API', () => {
  const proceduresOf = (router: AnyContractRouter, path: readonly string[] = []): string[] =>
    isContractProcedure(router)
      ? [path.join('.')]
      : Object.entries<AnyContractRouter>(router).flatMap(([name, inner]) => proceduresOf(inner, [...path, name]))

  interface Operation {
    operationId: string
    summary?: string
    servers?: { url: string }[]
  }
  type Document = { paths: Record<string, Partial<Record<'get' | 'post', Operation>>>; servers: { url: string }[] }

  it('is valid OpenAPI, has every call, and each is where it says', async () => {
    expect(await statusOf(port, '/api/openapi.json')).toBe(401)
    const { body: described } = await ask(port, '/api/openapi.json', bearer(token))
    const result = await new Validator().validate(JSON.parse(described) as Record<string, unknown>)
    expect(result).toEqual({ valid: true })

    const { paths, servers } = JSON.parse(described) as Document
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    )
    expect(operations.map(({ operation }) => operation.operationId).toSorted()).toEqual(
      proceduresOf(contract).toSorted(),
    )
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([])
    // Tries of a token are limited, a session is not.
    const signedIn = { ...(await cookie()), Origin: `http://127.0.0.1:${port}` }
    for (const { path, method, operation } of operations) {
      const at = `${(operation.servers ?? servers)[0]!.url.replace(/\/$/, '')}${path}`
      const headers = { ...signedIn, 'Content-Type': 'application/json' }
      const body = method === 'POST' ? '{}' : null
      const answer = await fetch(`http://127.0.0.1:${port}${at}`, { method, headers, body })
      // The fixture has no answer to most, and takes no empty input: but each call of the contract gets as far as that.
      const isCoded = answer.headers.get('content-type')?.includes('json') === true
      expect(answer.ok || isCoded, `${method} ${at}: ${answer.status}`).toBe(true)
      await answer.body?.cancel()
    }
  })

  it('is a page without scripts, which shows what it describes as text', async () => {
    expect(await statusOf(port, '/api/docs')).toBe(401)
    const { status, headers, body } = await ask(port, '/api/docs', await cookie())
    expect(status).toBe(200)
    const policy = headers['content-security-policy']?.toString() ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(/nonce="([^"]+)"/.exec(body)?.[1] ?? 'none')
    expect(body).not.toMatch(/<script|javascript:| on\w+=/i)
    expect(body).toContain('/api/v1/revocations/plan')
    expect(body).toContain('/api/v1/monitoring/audit-metrics')
  })

  it('escapes what it shows', () => {
    const hostile = '<img src=x onerror=alert(1)>'
    const page = apiPage(
      {
        openapi: '3.1.1',
        info: { title: hostile, version: hostile },
        paths: { [`/${hostile}`]: { get: { summary: hostile, responses: { 200: { description: hostile } } } } },
      },
      'nonce',
    )
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;img')
  })
})
