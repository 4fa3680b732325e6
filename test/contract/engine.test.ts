/** The real engine in its thread: the same calls give the same answers, whichever way they take. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createORPCClient } from '@orpc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { spawnEngine, type EngineHandle } from '../../src/main/engine/spawn.ts'
import { findExport } from '../../src/main/export-files.ts'
import { createLogger } from '../../src/main/log.ts'
import type { EngineClient } from '../../src/shared/contract/index.ts'
import type { ExportFile } from '../../src/shared/contract/reports.ts'
import { SessionId } from '../../src/shared/model/ids.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'
import { failureOf } from './failure.ts'
import { transports, type Transport } from './transports.ts'

const login = {
  event_id: 'contract-1',
  event_type: 'login',
  user_id: 'alice',
  session_id: 'a-live-session',
  ip_address: '192.0.2.7',
  created_at: new Date(Date.now() - 60_000).toISOString(),
  metadata: { constructor: 'kept', nested: { count: 3 } },
}

let home: string
let engine: EngineHandle
let open: [name: string, transport: Transport][]
let clients: [name: string, client: EngineClient][]

beforeAll(async () => {
  const [redis, database, folder] = await Promise.all([startRedis(), createTestDatabase(), createTempDir()])
  home = folder.path
  const config = ConfigSchema.parse({
    home,
    redis: { url: redis.url },
    postgres: { url: database.url },
    log: { level: 'silent' },
  })
  await redisCli(redis.url, ['-x', 'RPUSH', 'audit:queue'], JSON.stringify(login))
  engine = await spawnEngine({ config, secretKey: null, log: createLogger('test', 'silent') })
  open = []
  clients = [['the host itself', engine.client('host')]]
  for (const [name, openTransport] of Object.entries(transports)) {
    const transport = await openTransport(engine)
    open.push([name, transport])
    clients.push([name, createORPCClient((await transport.open(() => undefined)).link)])
  }
  const first = clients[0]?.[1]
  const stored = async () => (await first?.events.search({ query: 'user:alice' }))?.rows.length === 1
  await waitFor(stored, { what: 'the event to be stored' })
})
afterAll(async () => {
  for (const [, transport] of open) await transport.close()
  await engine.stop()
})

/** Makes one call on every transport, checks that the answers are equal, and returns the first. */
async function same<T>(call: (client: EngineClient) => Promise<T>): Promise<T> {
  const answers = await Promise.all(clients.map(async ([name, client]) => [name, await call(client)] as const))
  const [first] = answers
  for (const [name, answer] of answers) expect(answer, name).toEqual(first?.[1])
  return first![1]
}

describe('the same call on every transport', () => {
  it('tells who answers', async () => {
    const info = await same((client) => client.system.info())
    expect(info).toMatchObject({ home, node: process.version, readOnly: false, sessionIds: 'hmac' })
    expect(info.startedAt).toBeInstanceOf(Date)
  })

  it('finds what was stored, its times as times, and no live session id', async () => {
    const { rows, origin } = await same((client) => client.events.search({ query: 'user:alice' }))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ eventId: 'contract-1', type: 'login', ipAddress: '192.0.2.7' })
    expect(rows[0]?.createdAt).toEqual(new Date(login.created_at))
    expect(rows[0]?.metadata).toMatchObject(login.metadata)
    expect(rows[0]?.sessionId).toMatch(/^[0-9a-f]{64}$/)
    expect(origin.store).toBe('postgres')
  })

  it('fails with the same codes, messages and details', async () => {
    expect(await same((client) => failureOf(client.events.search({ query: 'user:(' })))).toMatchObject({
      code: 'QUERY_SYNTAX',
      status: 400,
      defined: true,
    })
    expect(await same((client) => failureOf(client.events.search({ limit: 100_000 })))).toMatchObject({
      code: 'INVALID_INPUT',
      defined: true,
    })
    const sessionId = SessionId.parse('0'.repeat(64))
    expect(await same((client) => failureOf(client.sessions.get({ sessionId })))).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
      defined: true,
    })
  })
})

describe('a stream, on each transport', () => {
  it('begins at once and ends when it is left', async () => {
    for (const [name, client] of clients) {
      for await (const status of await client.system.live()) {
        expect(status.at, name).toBeInstanceOf(Date)
        expect(status.counters.storedEvents, name).toBeGreaterThanOrEqual(1)
        break
      }
    }
  })

  it('ends by itself with what it promised', async () => {
    for (const [name, client] of clients) {
      let file: ExportFile | null = null
      for await (const progress of await client.reports.export({
        source: 'events',
        query: 'user:alice',
        format: 'jsonl',
      })) {
        file = progress.file
      }
      expect(file, name).toMatchObject({ rows: 1 })
      const waiting = await findExport(home, file!.exportId)
      expect(waiting, name).toMatchObject({ name: file!.name, bytes: file!.bytes })
      expect(await sha256Of(waiting!.file), name).toBe(file!.sha256)
    }
  })
})

async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}
