import { createORPCClient, ORPCError } from '@orpc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { spawnEngine, type EngineHandle } from '../../src/main/engine/spawn.ts'
import { createLogger } from '../../src/main/log.ts'
import { keepConnected } from '../../src/renderer/api/link.ts'
import type { EngineClient } from '../../src/shared/contract/index.ts'
import { maxCallsPerSecond, maxMessageBytes, maxMessagesPerSecond, maxOpenStreams } from '../../src/shared/limits.ts'
import { waitFor } from '../helpers/wait.ts'
import { failureOf } from './failure.ts'
import { bigNumber, eventAt } from './fixture-facts.ts'
import { transports, type TestWire, type Transport } from './transports.ts'

const workerFile = new URL('fixture-engine.ts', import.meta.url).pathname
const log = createLogger('test', 'silent')
const config = ConfigSchema.parse({ home: '/nowhere', log: { level: 'silent' } })

/** One call, as oRPC writes it, with a payload that its own client would never send. */
const rawCall = (path: string, json: string) => `{"i":"raw","p":{"u":"${path}","b":{"json":${json}}}}`

describe.each(Object.entries(transports))('the engine over %s', (_name, openTransport) => {
  let engine: EngineHandle
  let transport: Transport
  let wire: TestWire
  let wires: number
  let client: EngineClient

  beforeAll(async () => {
    engine = await spawnEngine({ config, secretKey: null, log, workerFile })
    transport = await openTransport(engine)
    wires = 0
    const open = async (onGone: () => void) => {
      wire = await transport.open(onGone)
      wires++
      return wire
    }
    client = await keepConnected(open, () => undefined)
  })
  afterAll(async () => {
    await transport.close()
    await engine.stop()
  })

  /** Does what must cost the connection, and waits until the client has another one. */
  async function losesConnection(act: () => void) {
    const before = wires
    act()
    await waitFor(() => wires > before, { what: 'a new connection' })
  }
  const subscriptions = async () => (await client.queues.status()).queues[0]?.depth
  const noSubscriptions = () => waitFor(async () => (await subscriptions()) === 0, { what: 'all subscriptions to end' })

  it('answers, and keeps dates and big numbers as they are', async () => {
    const info = await client.system.info()
    expect(info.startedAt).toBeInstanceOf(Date)
    expect(info.node).toBe(process.version)
    const { rows, origin } = await client.events.search({})
    expect(rows[0]?.createdAt).toEqual(eventAt)
    expect(rows[0]?.metadata).toEqual({ bigNumber, polluted: null, limit: 200 })
    expect(origin.asOf).toEqual(eventAt)
  })

  it('refuses input that the contract does not allow, and names the field', async () => {
    const failure = await failureOf(client.events.search({ limit: 0 }))
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', status: 400, defined: true })
    expect(failure.message).toMatch(/^limit: /)
  })

  it('hands coded errors over whole', async () => {
    expect(await failureOf(client.events.search({ query: 'coded' }))).toEqual({
      code: 'QUERY_SYNTAX',
      status: 400,
      message: 'A value is missing after "user:".',
      data: { position: 5 },
      defined: true,
    })
  })

  it('keeps what nobody foresaw to itself', async () => {
    const failure = await failureOf(client.events.search({ query: 'unforeseen' }))
    expect(failure).toMatchObject({ code: 'INTERNAL', status: 500, data: {} })
    expect(JSON.stringify(failure)).not.toMatch(/secret|TypeError|fixture-engine/)
  })

  it('names a call that does not exist', async () => {
    // @ts-expect-error: the contract has no such call.
    const call = client.system.selfDestruct() as Promise<unknown>
    expect(await failureOf(call)).toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no call /system/selfDestruct.',
    })
  })

  it('ends a subscription on the server when the caller leaves it', async () => {
    for await (const message of await client.events.tail({})) {
      expect(message.events[0]?.createdAt).toEqual(eventAt)
      expect(await subscriptions()).toBe(1)
      break
    }
    await noSubscriptions()
  })

  it('ends a subscription on the server when the caller aborts it', async () => {
    const leaving = new AbortController()
    const stream = await client.events.tail({}, { signal: leaving.signal })
    await stream.next()
    const pending = stream.next()
    leaving.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
    await noSubscriptions()
  })

  it('hands over errors in the middle of a stream, foreseen or not', async () => {
    const coded = await client.events.tail({ query: 'coded' })
    await coded.next()
    expect(await failureOf(coded.next())).toMatchObject({ code: 'QUERY_SYNTAX', data: { position: 5 }, defined: true })

    const unforeseen = await client.events.tail({ query: 'unforeseen' })
    await unforeseen.next()
    const failure = await failureOf(unforeseen.next())
    expect(failure.code).toBe('INTERNAL')
    expect(JSON.stringify(failure)).not.toMatch(/secret|TypeError/)
    await noSubscriptions()
  })

  it('ends a dropped connection at both sides, and the same client goes on', async () => {
    const stream = await client.events.tail({})
    await stream.next()
    const failure = failureOf(stream.next())
    await losesConnection(() => wire.drop())
    expect(await failure).toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
    await noSubscriptions()
  })

  it('refuses an oversize message, and nothing else suffers', async () => {
    let gone = false
    const other = await transport.open(() => {
      gone = true
    })
    await losesConnection(() => {
      void client.events.search({ query: 'x'.repeat(maxMessageBytes) }).catch(() => undefined)
    })
    const { system }: EngineClient = createORPCClient(other.link)
    expect((await system.info()).node).toBe(process.version)
    expect(gone).toBe(false)
    other.drop()
  })

  it.each([
    ['text that is no message', 'hello'],
    ['a message without a call', '{"i":"1"}'],
    ['bytes', new Uint8Array([123, 255, 0])],
  ])('closes the connection of a peer that sends %s', async (_what, message) => {
    await losesConnection(() => wire.sendRaw(message))
    expect((await client.events.search({})).rows).toHaveLength(1)
  })

  it.each([
    ['__proto__', '{"query":"","__proto__":{"polluted":true,"limit":7}}'],
    ['constructor', '{"query":"","constructor":{"prototype":{"polluted":true,"limit":7}}}'],
  ])('takes nothing from a payload with %s', async (_key, json) => {
    wire.sendRaw(rawCall('/events/search', json))
    expect((await client.events.search({})).rows[0]?.metadata).toEqual({ bigNumber, polluted: null, limit: 200 })
  })

  it('limits open subscriptions, and counts those that ended as ended', async () => {
    const leaving = new AbortController()
    for (let n = 0; n < maxOpenStreams; n++) await (await client.events.tail({}, { signal: leaving.signal })).next()
    expect(await failureOf(client.events.tail({}))).toMatchObject({ code: 'RATE_LIMITED' })
    leaving.abort(new Error('enough'))
    await noSubscriptions()
    expect((await (await client.events.tail({})).next()).done).toBe(false)
  })

  it('limits calls a second, with a code', async () => {
    const calls = Array.from({ length: maxCallsPerSecond + 100 }, () =>
      client.system.info().then(() => 'answered', codeOf),
    )
    const answers = await Promise.all(calls)
    expect(new Set(answers)).toEqual(new Set(['answered', 'RATE_LIMITED']))
    await waitFor(() => client.system.info(), { what: 'the limit to pass' })
  })

  it('closes the connection of a flood', async () => {
    await losesConnection(() => {
      for (let n = 0; n <= maxMessagesPerSecond; n++) wire.sendRaw('{"i":"none","t":4}')
    })
    expect((await client.events.search({})).rows).toHaveLength(1)
  })

  it('comes back by itself after the engine crashed', async () => {
    const crashes: string[] = []
    engine.onCrash((reason) => void crashes.push(reason))
    const { startedAt } = await client.system.info()
    await losesConnection(() => void client.events.search({ query: 'crash' }).catch(() => undefined))
    // A connection may still have been opened to the thread that was ending.
    await waitFor(async () => (await client.system.info()).startedAt > startedAt, { what: 'the engine to be back' })
    expect(crashes).toEqual(['crash on demand'])
  })
})

const codeOf = (error: unknown) => (error instanceof ORPCError ? error.code : String(error))
