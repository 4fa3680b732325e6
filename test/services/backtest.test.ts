import { copyFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/main/cli/run.ts'
import type {
  BacktestMessage,
  BacktestProof,
  BacktestResult,
  ProofCheckMessage,
} from '../../src/shared/model/backtest.ts'
import { startEngine, statusOf, type TestEngine } from '../helpers/engine.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'

/** Long enough ago for every episode to be over. */
const startMs = Date.now() - 3 * 86_400_000

let env: Record<string, string>
let folder: string
let redisUrl: string
let engine: TestEngine
let file: string

const iso = (second: number): string => new Date(startMs + second * 1_000).toISOString()

/** Attacks, and what is no event; each event with an id of its own, in an order that is not that of time. */
function items(): string[] {
  const failures = Array.from({ length: 60 }, (_, n) => ({
    event_id: `f${n}`,
    event_type: 'failed_login',
    user_id: n % 3 === 0 ? 'zoë' : `user${n % 7}`,
    session_id: `live-${n % 5}`,
    ip_address: n % 2 === 0 ? '::ffff:203.0.113.7' : '198.51.100.9',
    user_agent: 'curl/8.5',
    created_at: iso(n * 4),
    metadata: { b: 1, a: [n], count: n % 11 === 0 ? 3 : 1 },
  }))
  const refreshes = Array.from({ length: 15 }, (_, n) => ({
    event_id: `r${n}`,
    event_type: 'token_refresh',
    user_id: 'bob',
    session_id: 'live-of-bob',
    ip_address: '192.0.2.4',
    created_at: iso(300 + n * 2),
  }))
  const logs = [{ event_id: 'l1', action: 'login', user_id: 'user1', ip_address: '203.0.113.7', created_at: iso(250) }]
  const logins = [
    { event_id: 'i1', event_type: 'login', user_id: 'zoë', ip_address: '203.0.113.7', created_at: iso(245) },
  ]
  const lines = [...failures, ...refreshes, ...logs, ...logins].map((event) => JSON.stringify(event))
  const swapped = lines.map((line, index) => lines[index ^ 1] ?? line)
  return [...swapped.slice(0, 20), 'broken', ...swapped.slice(20), swapped[3] ?? '']
}

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  process.exitCode = undefined
  const terminal = { out: (text: string) => (out += `${text}\n`), err: (text: string) => (err += `${text}\n`) }
  const code = await runCommand(argv, { ...terminal, env, signal: new AbortController().signal })
  process.exitCode = undefined
  return { code, out, err }
}

const proofOf = async (...argv: string[]): Promise<BacktestProof> => {
  const target = path.join(folder, 'some.proof')
  expect(await run(...argv, '--proof', target)).toMatchObject({ code: 0 })
  return JSON.parse(await readFile(target, 'utf8')) as BacktestProof
}

async function resultOf(stream: AsyncIterable<BacktestMessage>): Promise<BacktestResult> {
  for await (const message of stream) if (message.kind === 'result') return message.result
  throw new Error('the back-test ended without a result')
}

beforeAll(async () => {
  const redis = await startRedis()
  redisUrl = redis.url
  folder = (await createTempDir()).path
  const postgresUrl = (await createTestDatabase({ server: (await startPostgres()).url })).url
  env = { REDIS_URL: redis.url, POSTGRES_URL: postgresUrl, GATEHOUSE_HOME: path.join(folder, 'home') }
  file = path.join(folder, 'events.jsonl')
  await writeFile(file, `${items().join('\n')}\n`)
  engine = await startEngine({ home: env['GATEHOUSE_HOME'], redis: { url: redis.url }, postgres: { url: postgresUrl } })
  await redisCli(redis.url, ['RPUSH', 'audit:queue', ...items()])
  await waitFor(async () => (await statusOf(engine.client)).cache.events >= 77, { what: 'the cache to be filled' })
})
afterAll(() => engine.stop())

describe('the same events', () => {
  test('give the same alerts, byte for byte, by the queue and the watcher and from a file', async () => {
    const fromFile = await run('backtest', '--events', file, '--evidence')
    expect(fromFile).toMatchObject({
      code: 0,
      err: expect.stringMatching(/1 lines are no event:\n {2}line 21: broken JSON/),
    })
    const found = fromFile.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { ruleId: string; events: object[] })
    const kinds = ['brute_force_account', 'brute_force_address', 'success_after_failures', 'refresh_spam']
    expect(found.map(({ ruleId }) => ruleId)).toEqual(expect.arrayContaining(kinds))
    expect(found.every(({ events }) => events.length > 0)).toBe(true)
    const { out } = await run('backtest', '--events', file)
    const stored = await waitFor(
      async () => {
        const { out: now } = await run('alerts', '--findings')
        return now.split('\n').length >= out.split('\n').length ? now : null
      },
      { what: 'the watcher to have raised as many alerts', timeoutMs: 20_000, intervalMs: 500 },
    )
    expect(stored).toBe(out)
  })

  test('give the same alerts from PostgreSQL and from the cache, and what was read has one name', async () => {
    const { out } = await run('backtest', '--events', file)
    for (const store of ['postgres', 'cache']) {
      expect(await run('backtest', '--store', store)).toMatchObject({
        code: 0,
        out,
        err: expect.stringContaining('77 events'),
      })
    }
    const [postgres, cache] = [
      await proofOf('backtest', '--store', 'postgres', '--to', iso(1_000)),
      await proofOf('backtest', '--store', 'cache', '--to', iso(1_000)),
    ]
    expect(cache.events).toEqual(postgres.events)
    expect(cache.result).toEqual(postgres.result)
  })
})

describe('a proof', () => {
  const wouldNotFire = ['--rule', 'brute_force_account', '--threshold', '100']

  test('of a file holds when it is run again, and not over other events', async () => {
    const proof = path.join(folder, 'file.proof')
    expect(await run('backtest', '--events', file, ...wouldNotFire, '--proof', proof)).toMatchObject({
      code: 0,
      out: '',
    })
    expect(await run('backtest', '--verify', proof, '--events', file)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The proof holds: The rule brute_force_account at 100 would not fire/),
    })
    const other = path.join(folder, 'other.jsonl')
    const more = Array.from({ length: 120 }, (_, n) => ({
      event_type: 'failed_login',
      user_id: 'eve',
      created_at: iso(n / 4),
    }))
    await writeFile(other, [...items(), ...more.map((event) => JSON.stringify(event))].join('\n'))
    expect(await run('backtest', '--verify', proof, '--events', other)).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /does not hold.*\n {2}events: 78 in the proof, 198 now\n[^]*alerts: 0 in the proof, 1 now/,
      ),
    })
  })

  test('that says in words what was not run does not hold', async () => {
    const proof = await proofOf('backtest', '--events', file, ...wouldNotFire)
    const target = path.join(folder, 'words.proof')
    const statement = proof.statement.replace(' at 100 ', ' at 3 ')
    await writeFile(target, JSON.stringify({ ...proof, statement }))
    expect(await run('backtest', '--verify', target, '--events', file)).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /^The proof does not hold: .* at 3 .*\n {2}what it says: .* at 3 .* in the proof, .* at 100 .* now\n/,
      ),
    })
    const renamed = path.join(folder, 'renamed.jsonl')
    await copyFile(file, renamed)
    await writeFile(target, JSON.stringify(proof))
    expect((await run('backtest', '--verify', target, '--events', renamed)).code).toBe(0)
  })

  test('of a store is run on that store, and one that was changed is refused', async () => {
    const proof = path.join(folder, 'store.proof')
    expect(await run('backtest', ...wouldNotFire, '--from', iso(-10), '--proof', proof)).toMatchObject({ code: 0 })
    expect((await run('backtest', '--verify', proof)).code).toBe(0)
    const { rules, ...rest } = await proofOf('backtest', ...wouldNotFire)
    const forged = rules.files.map((one) => ({ ...one, text: one.text.replace('failed_login', 'failed_logout') }))
    await writeFile(proof, JSON.stringify({ ...rest, rules: { ...rules, files: forged } }))
    expect(await run('backtest', '--verify', proof)).toMatchObject({
      code: 1,
      err: expect.stringContaining('was changed'),
    })
  })
})

describe('by the contract', () => {
  test('a proof is run again, and what differs is named', async () => {
    const proof = await proofOf('backtest', '--rule', 'brute_force_account', '--threshold', '100', '--to', iso(1_000))
    const verdictOf = async (claimed: BacktestProof) => {
      const source = { kind: 'stored' as const, store: 'cache' as const }
      const messages: ProofCheckMessage[] = []
      for await (const message of await engine.client.rules.verify({ proof: claimed, source })) messages.push(message)
      const last = messages.at(-1)
      return last?.kind === 'verdict' ? last.verdict : null
    }
    expect(await verdictOf(proof)).toEqual({ holds: true, differences: [], rulesChanged: false })
    const claims = { ...proof, events: { ...proof.events, count: proof.events.count + 1 } }
    expect(await verdictOf(claims)).toMatchObject({
      holds: false,
      differences: [{ what: 'events', claimed: '78', found: '77' }],
    })
    const [first, ...others] = proof.rules.files
    const files = [{ ...first, text: `${first?.text}# more` }, ...others] as typeof proof.rules.files
    await expect(verdictOf({ ...proof, rules: { ...proof.rules, files } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('was changed'),
    })
  })

  test('a back-test says how far it is, what a change gains and loses, and the curve', async () => {
    const { text } = await engine.client.rules.get({ file: 'brute-force-account.yml' })
    const draft = { file: 'brute-force-account.yml', text: text.replace(/gt: \d+/, 'gt: 1000') }
    const messages: BacktestMessage[] = []
    const stream = await engine.client.rules.backtest({ ruleId: 'brute_force_account', draft, curve: true })
    for await (const message of stream) messages.push(message)
    const last = messages.at(-1)
    if (last?.kind !== 'result') throw new Error('no result')
    expect(messages.length).toBeGreaterThan(1)
    const { alerts, change, curve, source } = last.result
    expect(source).toMatchObject({ kind: 'postgres', from: null })
    expect(alerts.total).toBe(0)
    expect(change?.before.alerts).toBeGreaterThan(0)
    expect(change?.lost.rows.map(({ entity }) => entity)).toContain('zoë')
    expect(curve?.points.find(({ threshold }) => threshold === 1_000)).toMatchObject({ alerts: 0 })
  })

  test('one runs at a time, leaving it ends it, and what is wrong is said', async () => {
    const first = await engine.client.rules.backtest({})
    const begun = first.next()
    await expect(resultOf(await engine.client.rules.backtest({}))).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await begun
    await first.return?.()
    const refused = { file: 'mine.yml', text: 'title: broken' }
    await expect(resultOf(await engine.client.rules.backtest({ draft: refused }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^mine\.yml:1: /),
    })
    await expect(resultOf(await engine.client.rules.backtest({ ruleId: 'none' }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('a file is one of those in the folder for events', async () => {
    expect((await engine.client.rules.eventFiles()).files).toEqual([])
    const source = { kind: 'file' as const, name: '../events.jsonl' }
    await expect(engine.client.rules.backtest({ source })).rejects.toThrow()
    await expect(
      resultOf(await engine.client.rules.backtest({ source: { kind: 'file', name: 'none.jsonl' } })),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('suppressions hide what they hide from the watcher', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000)
    const draft = { kind: 'user' as const, pattern: 'mallory', ruleId: null }
    await engine.client.suppressions.create({ ...draft, reason: 'a test of ours', expiresAt, forcedReason: null })
    const atMs = Date.now() + 1_000
    const later = Array.from({ length: 9 }, (_, n) => ({
      event_id: `m${n}`,
      event_type: 'failed_login',
      user_id: 'mallory',
      created_at: new Date(atMs + n).toISOString(),
    }))
    await redisCli(redisUrl, ['RPUSH', 'audit:queue', ...later.map((event) => JSON.stringify(event))])
    const asked = { ruleId: 'brute_force_account', from: new Date(atMs - 500), to: new Date(atMs + 60_000) }
    const found = await waitFor(
      async () => {
        const result = await resultOf(await engine.client.rules.backtest({ ...asked, suppressions: false }))
        return result.events.count === 9 ? result : null
      },
      { what: 'the events to be stored' },
    )
    expect(found).toMatchObject({ alerts: { total: 1 }, suppressed: null })
    expect(await resultOf(await engine.client.rules.backtest(asked))).toMatchObject({
      alerts: { total: 0 },
      suppressed: 9,
    })
  })
})
