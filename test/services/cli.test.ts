import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/main/cli/run.ts'
import { startEngine, statusOf } from '../helpers/engine.ts'
import { freePort } from '../helpers/ports.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'

let env: Record<string, string>
let folder: string

beforeAll(async () => {
  const redis = await startRedis()
  folder = (await createTempDir()).path
  env = {
    REDIS_URL: redis.url,
    POSTGRES_URL: (await createTestDatabase()).url,
    GATEHOUSE_HOME: path.join(folder, 'home'),
  }
  await redisCli(redis.url, ['SET', 'session:s1', '{"user_id":"alice","ip_address":"198.18.0.1"}', 'EX', '600'])
  await redisCli(redis.url, ['SET', 'session:s2', '{"user_id":"alice","ip_address":"198.18.0.2"}', 'EX', '600'])
  await redisCli(redis.url, [
    'RPUSH',
    'audit:queue',
    '{"event_type":"failed_login","user_id":"=cmd()","event_id":"e1"}',
    'broken',
  ])
})

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  process.exitCode = undefined
  const code = await runCommand(argv, {
    out: (text) => (out += `${text}\n`),
    err: (text) => (err += `${text}\n`),
    env,
    signal: new AbortController().signal,
  })
  process.exitCode = undefined
  return { code, out, err }
}
const json = async (...argv: string[]): Promise<unknown> => {
  const { code, out, err } = await run(...argv, '--json')
  expect(err).toBe('')
  expect(code).toBe(0)
  return JSON.parse(out)
}

describe('wrong usage has exit code 2 and says what is wrong', () => {
  test.each([
    [['nonsense'], /no command "nonsense"/],
    [['search'], /takes one query/],
    [['search', 'x', '--colour', 'red'], /--colour/],
    [['search', 'x', '--limit', 'many'], /--limit takes a whole number/],
    [['sync'], /takes --once/],
    [['revoke', 'user:alice'], /needs --reason/],
    [['revoke', 'everybody', '--reason', 'why not'], /takes user:NAME or session:ID/],
    [['queues', '--discard', 'all'], /needs --reason/],
    [['stores', 'all'], /takes no words/],
    [['queues', '--mirror.intervalMs', '1'], /--mirror\.intervalMs: expected at least 250, found 1/],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await run(...argv)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
  })
})

test('help is there for the program and for each command', async () => {
  for (const argv of [['--help'], ['revoke', '--help']]) {
    expect(await run(...argv)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('revoke user:NAME') as string,
    })
  }
})

test('a store that is away has exit code 1, its name and what to do; never the password', async () => {
  const port = await freePort()
  const { code, err } = await run('queues', '--redis-url', `redis://:geheim@127.0.0.1:${port}/0`)
  expect(code).toBe(1)
  expect(err).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}`))
  expect(err).not.toContain('geheim')
})

test('a PostgreSQL that refuses is named, too', async () => {
  const wrong = new URL(env['POSTGRES_URL'] ?? '')
  wrong.password = 'geheim'
  const { code, err } = await run('sync', '--once', '--postgres-url', wrong.href)
  expect(code).toBe(1)
  expect(err).toMatch(/password/i)
  expect(err).not.toContain('geheim')
})

describe('on real stores', () => {
  test('sync, search, export, queues and revoke do what they say', async () => {
    expect(await json('sync', '--once')).toMatchObject({
      mirror: { scanned: 2, created: 2 },
      queue: { stored: 1, duplicates: 0, failed: 1 },
    })
    expect(await json('sync', '--once')).toMatchObject({ mirror: { created: 0, changed: 0 }, queue: { stored: 0 } })

    const events = (await run('search', 'type:failed_login')).out.trim().split('\n')
    expect(events.map((line) => (JSON.parse(line) as { eventId: string }).eventId)).toEqual(['e1'])
    expect((await run('search', 'user:alice', '--of', 'sessions')).out.trim().split('\n')).toHaveLength(2)

    const file = path.join(folder, 'events.csv')
    expect(await json('export', '--query', 'id:e1', '--out', file)).toMatchObject({ rows: 1, file })
    expect(readFileSync(file, 'utf8')).toContain("'=cmd()")
    expect(await run('export', '--out', file)).toMatchObject({ code: 2 })

    const { items } = (await json('queues', '--failed')) as { items: { failedId: string; reason: string }[] }
    expect(items[0]?.reason).toMatch(/JSON/)
    expect(await json('queues', '--discard', items[0]?.failedId ?? '', '--reason', 'no event')).toEqual({
      discarded: 1,
    })

    expect(await json('revoke', 'user:alice', '--reason', 'phished')).toMatchObject({ count: 2 })
    expect(await redisCli(env['REDIS_URL'] ?? '', ['EXISTS', 'session:s1', 'session:s2'])).toBe('2')
    expect(await json('revoke', 'user:alice', '--reason', 'phished', '--yes')).toMatchObject({ total: 2, ended: 2 })
    expect(await redisCli(env['REDIS_URL'] ?? '', ['EXISTS', 'session:s1', 'session:s2'])).toBe('0')
  })

  test('stores shows what lies in Redis, without any id, on an engine whose mirror never ran', async () => {
    await redisCli(env['REDIS_URL'] ?? '', ['SET', 'sf_sq3v8m1n5k7j2h4g6f9d0s1a2z3', '_sf2_attributes|a:0:{}'])
    expect(await json('stores')).toMatchObject({
      stores: expect.arrayContaining([
        expect.objectContaining({ profile: 'symfony', patterns: ['sf_s<id>'] }),
      ]) as unknown,
      places: expect.arrayContaining([{ prefix: 'sf_s', sessionKeys: 1, others: [] }]) as unknown,
    })
    const { out } = await run('stores')
    expect(out).toMatch(/symfony: The key is deleted in Redis\.\n {2}not ended: A request that is under way/)
    expect(out).not.toContain('q3v8m1n5')
  })

  test('search answers from the cache when PostgreSQL is away', async () => {
    const engine = await startEngine({
      home: env['GATEHOUSE_HOME'],
      redis: { url: env['REDIS_URL'] },
      postgres: { url: env['POSTGRES_URL'] },
    })
    await waitFor(async () => (await statusOf(engine.client)).cache.events > 0, {
      what: 'the cache',
      timeoutMs: 20_000,
    })
    await engine.stop()
    const url = new URL(env['POSTGRES_URL'] ?? '')
    // The same store by name, so that its cache is found; nobody listens for this password any more.
    url.password = 'changed'
    const { code, out } = await run('search', 'id:e1', '--postgres-url', url.href)
    expect(code).toBe(0)
    expect(out).toContain('"eventId":"e1"')
  })
})
