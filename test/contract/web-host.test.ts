import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { request, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { spawnEngine, type EngineHandle } from '../../src/main/engine/spawn.ts'
import { createLogger } from '../../src/main/log.ts'
import { loadScreen } from '../../src/main/screen-files.ts'
import { startWebHost, type WebHost } from '../../src/main/web/host.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'
import { ask as askAt } from './ask.ts'
import { createScreenDir } from './screen-dir.ts'

const log = createLogger('test', 'silent')
let engine: EngineHandle
let home: string
let host: WebHost
let port: number
let token: string

beforeAll(async () => {
  home = (await createTempDir()).path
  const config = ConfigSchema.parse({ home, log: { level: 'silent' } })
  const workerFile = new URL('fixture-engine.ts', import.meta.url).pathname
  engine = await spawnEngine({ config, secretKey: null, log, workerFile })
})
afterAll(() => engine.stop())

// Each test has a host of its own: what one of them guessed wrong must not slow the next one down.
beforeEach(async () => {
  host = await startWebHost({ engine, screen: await loadScreen(await createScreenDir()), home, port: 0, log })
  const url = new URL(host.url)
  port = Number(url.port)
  token = url.hash.slice('#token='.length)
  return () => host.stop()
})

const ask = (target: string, headers?: OutgoingHttpHeaders, method?: string) => askAt(port, target, headers, method)
const statusOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).status

/** Asks for a WebSocket, and returns the status with which that is answered: 101 for yes. */
async function upgrade(headers: OutgoingHttpHeaders, target = '/rpc'): Promise<number> {
  const handshake = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }
  const key = { 'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64') }
  const sent = request({ host: '127.0.0.1', port, path: target, headers: { ...handshake, ...key, ...headers } })
  sent.end()
  const [response, socket] = (await Promise.race([once(sent, 'upgrade'), once(sent, 'response')])) as [
    { statusCode: number; resume?: () => void },
    { destroy: () => void } | undefined,
  ]
  response.resume?.()
  socket?.destroy()
  return response.statusCode
}

const bearer = (value: string) => ({ Authorization: `Bearer ${value}` })
const cookieFrom = async () => {
  const { headers } = await ask('/auth', bearer(token), 'POST')
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

describe('who may come in', () => {
  it('gives a cookie for the token, which is not the token, and knows the browser by it', async () => {
    const { status, headers } = await ask('/auth', bearer(token), 'POST')
    expect(status).toBe(204)
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^gatehouse-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`)) as string,
    ])
    const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect(cookie).not.toContain(token)
    expect(await statusOf('/auth', { Cookie: `other=1; ${cookie}` })).toBe(204)
    expect(await statusOf('/auth', { Cookie: cookie.slice(0, -1) })).toBe(401)
    expect(await statusOf('/auth', { Cookie: `gatehouse-${port}=` })).toBe(401)
    expect(await statusOf('/auth')).toBe(401)
    expect(await statusOf('/auth', {}, 'POST')).toBe(401)
    // A cookie buys no other cookie: sessions end.
    expect(await statusOf('/auth', { Cookie: cookie }, 'POST')).toBe(401)
  })

  it('opens WebSockets for the token, or for the cookie of the own page', async () => {
    const origin = { Origin: `http://127.0.0.1:${port}` }
    const cookie = { Cookie: await cookieFrom() }
    expect(await upgrade(bearer(token))).toBe(101)
    expect(await upgrade({ ...cookie, ...origin })).toBe(101)
    expect(await upgrade(cookie)).toBe(403)
    expect(await upgrade(origin)).toBe(401)
    expect(await upgrade({})).toBe(403)
    expect(await upgrade({ ...cookie, Origin: `http://localhost:${port}` })).toBe(403)
    expect(await upgrade({ ...cookie, Origin: 'null' })).toBe(403)
    expect(await upgrade({ ...bearer(token), Origin: 'https://example.com' })).toBe(403)
    expect(await upgrade(bearer(token), '/other')).toBe(404)
  })

  it.each([
    ['another Host', { Host: 'example.com' }],
    ['another port', { Host: '127.0.0.1:1' }],
    ['another name that leads here', { Host: 'localhost.example.com' }],
    ['another Origin', { Origin: 'http://127.0.0.1:1' }],
    ['no Origin that has a name', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port of this site', { 'Sec-Fetch-Site': 'same-site' }],
  ])('turns away a request with %s, whatever it asks for and whoever it is', async (_what, headers) => {
    for (const target of ['/', '/auth', '/exports/0198a4c6-55d0-7bbb-9f5f-3f2b5c6d7e8f']) {
      expect(await statusOf(target, { ...headers, ...bearer(token) })).toBe(403)
    }
    expect(await upgrade({ ...headers, ...bearer(token) })).toBe(403)
  })

  it('slows guessing down, and does not look at the right token meanwhile', async () => {
    const guesses = []
    for (let n = 0; n < 8; n++) guesses.push(await statusOf('/auth', bearer(`guess-${n}`), 'POST'))
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    const { status, headers } = await ask('/auth', bearer(token), 'POST')
    expect(status).toBe(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60)
  })

  it('counts guesses at every door', async () => {
    for (let n = 0; n < 3; n++) expect(await upgrade(bearer(`guess-${n}`))).toBe(401)
    for (let n = 0; n < 2; n++) expect(await statusOf('/exports/x', bearer(`guess-${n}`))).toBe(401)
    expect(await upgrade(bearer(token))).toBe(429)
  })

  it('still knows a browser that signed in before the guessing began', async () => {
    const cookie = await cookieFrom()
    for (let n = 0; n < 8; n++) await ask('/auth', bearer(`guess-${n}`), 'POST')
    expect(await statusOf('/auth', { Cookie: cookie })).toBe(204)
  })
})

describe('what can be asked for', () => {
  it('serves the page fresh each time', async () => {
    const { status, headers, body } = await ask('/')
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    const nonce = /nonce-([^']+)/.exec(headers['content-security-policy']?.toString() ?? '')?.[1] ?? 'none'
    expect(body).toContain(`content="${nonce}"`)
    expect((await ask('/')).body).not.toBe(body)
  })

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '//index.html',
    '/index.html%00',
    '/assets',
  ])('has nothing at %s', async (target) => {
    const { status, headers } = await ask(target)
    expect(status).toBe(404)
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  it('answers to GET alone', async () => {
    expect(await statusOf('/', {}, 'POST')).toBe(405)
    expect(await statusOf('/', {}, 'TRACE')).toBe(405)
    expect(await statusOf('/auth', {}, 'DELETE')).toBe(405)
  })

  it('gives out an export once, to who is signed in', async () => {
    const id = '0198a4c6-55d0-7bbb-9f5f-3f2b5c6d7e8f'
    const folder = path.join(home, 'exports', id)
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, `ünï "quoted'.csv`), 'a,b\n')
    expect(await statusOf(`/exports/${id}`)).toBe(401)
    const { status, headers, body } = await ask(`/exports/${id}`, bearer(token))
    expect({ status, body }).toEqual({ status: 200, body: 'a,b\n' })
    expect(headers['content-disposition']).toBe(
      `attachment; filename="_n_ _quoted_.csv"; filename*=UTF-8''%C3%BCn%C3%AF%20%22quoted%27.csv`,
    )
    // It is deleted once all of it was sent, a moment after the client has it.
    await waitFor(() => !existsSync(folder), { what: 'the export to be deleted' })
    expect(await statusOf(`/exports/${id}`, bearer(token))).toBe(404)
    expect(await statusOf('/exports/..%2f..%2fetc', bearer(token))).toBe(404)
  })
})

describe('the server', () => {
  it('listens on loopback alone', async () => {
    const taken = startWebHost({ engine, screen: await loadScreen(await createScreenDir()), home, port, log })
    await expect(taken).rejects.toMatchObject({ code: 'CONFIG_INVALID', details: { key: 'web.port' } })
    const elsewhere = connect(port, '127.0.0.2')
    await expect(once(elsewhere, 'connect')).rejects.toThrow('ECONNREFUSED')
  })

  it('survives requests that are none', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined).resume()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n\u0000\u0001garbage')
    await once(socket, 'close')
    expect(await statusOf('/')).toBe(200)
  })
})
