/** Rules edited through the contract: tried as they are typed, kept when somebody says so, and on record. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { startEngine, type TestEngine } from '../helpers/engine.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'

const shipped = 'brute-force-account.yml'
const reason = 'An office with a shared keyboard'

let engine: TestEngine
let stores: { redis: { url: string }; postgres: { url: string } }

beforeAll(async () => {
  const [redis, database] = await Promise.all([startRedis(), createTestDatabase()])
  stores = { redis: { url: redis.url }, postgres: { url: database.url } }
  engine = await startEngine({ ...stores, actor: 'ada' })
  await readyRules(engine)
})

const readyRules = ({ client }: TestEngine) =>
  waitFor(async () => (await client.rules.list()).files.length > 5, { what: 'the shipped rules' })

const own = () => path.join(engine.home, 'rules')
const newest = (file: string) => engine.client.rules.get({ file, which: 'newest' })
const limitOf = async (ruleId: string) =>
  (await engine.client.rules.list()).rules.find((rule) => rule.ruleId === ruleId)?.levels[0]?.conditions[0]?.bounds.gt

describe('a rule file as it is edited', () => {
  test('is told what is wrong, by line and field, and keeps nothing', async () => {
    const { text } = await newest(shipped)
    const broken = text.replace('timespan: 60s', 'timespan: ten')
    const { fault, rules, tests } = await engine.client.rules.check({ file: shipped, text: broken })
    const line = broken.split('\n').findIndex((one) => one.includes('timespan: ten')) + 1
    expect(fault).toMatchObject({ file: shipped, line, field: 'correlation.timespan' })
    expect([rules, tests]).toEqual([[], []])
    expect(await limitOf('brute_force_account')).toBe(5)
  })

  test('has its tests run with what was edited', async () => {
    const { text } = await newest(shipped)
    const whole = await engine.client.rules.check({ file: shipped, text })
    expect(whole.fault).toBeNull()
    expect(whole.rules.map(({ ruleId }) => ruleId)).toContain('brute_force_account')
    expect(whole.tests.length).toBeGreaterThan(0)
    expect(whole.tests.every(({ passed }) => passed)).toBe(true)
    const laxer = await engine.client.rules.check({ file: shipped, text: text.replace(/gt: 5\b/, 'gt: 50') })
    expect(laxer.rules.find(({ ruleId }) => ruleId === 'brute_force_account')?.levels[0]?.conditions[0]).toMatchObject({
      bounds: { gt: 50 },
    })
    expect(laxer.tests.some(({ passed, differences }) => !passed && differences.length > 0)).toBe(true)
  })
})

describe('saving a rule file', () => {
  test('puts it into use at once, beside the settings, and on record', async () => {
    const { text, version } = await newest(shipped)
    const edited = text.replace(/gt: 5\b/, 'gt: 50')
    const saved = await engine.client.rules.save({ file: shipped, text: edited, replaces: version, reason })
    expect(saved.path).toBe(path.join(own(), shipped))
    expect(await readFile(saved.path, 'utf8')).toBe(edited)
    expect(await readdir(own())).toEqual([shipped])
    expect(await limitOf('brute_force_account')).toBe(50)
    expect((await engine.client.rules.list()).files.find(({ file }) => file === shipped)?.origin).toBe('own')

    const [done, attempted] = await engine.client.revocations.actions({ limit: 2 })
    expect(attempted).toMatchObject({ adminId: 'ada', action: 'rule_save', reason, outcome: 'attempted' })
    expect(done).toMatchObject({
      outcome: 'done',
      details: { file: shipped, version: saved.version, replaced: version },
    })
  })

  test('refuses what would be refused, and what somebody else has changed since', async () => {
    const { text, version } = await newest(shipped)
    const wrong = { file: shipped, text: 'title: none', replaces: version, reason }
    await expect(engine.client.rules.save(wrong)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(`${shipped}:1`),
    })
    await writeFile(path.join(own(), shipped), `${text}\n# by hand\n`)
    await expect(engine.client.rules.save({ file: shipped, text, replaces: version, reason })).rejects.toMatchObject({
      message: expect.stringContaining('changed by somebody else'),
    })
    await expect(engine.client.rules.save({ file: shipped, text, replaces: null, reason })).rejects.toMatchObject({
      message: expect.stringContaining('a file brute-force-account.yml already'),
    })
    expect(await readFile(path.join(own(), shipped), 'utf8')).toBe(`${text}\n# by hand\n`)
  })

  test('lets a file that was refused be mended', async () => {
    await mkdir(own(), { recursive: true })
    await writeFile(path.join(own(), 'mine.yml'), 'title: Mine\nnonsense: true\n')
    const { text, version } = await newest('mine.yml')
    expect(text).toContain('nonsense')
    await expect(engine.client.rules.get({ file: 'mine.yml' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const mended =
      'title: Mine\nname: mine\nlogsource: { product: gatehouse }\nlevel: low\ndetection: { sel: { event_type: login }, condition: sel }\n'
    await engine.client.rules.save({ file: 'mine.yml', text: mended, replaces: version, reason })
    expect((await engine.client.rules.get({ file: 'mine.yml' })).text).toBe(mended)
  })

  test('leads to no other folder', async () => {
    const input = { text: 'x', replaces: null, reason }
    for (const file of ['../config.yml', 'a/b.yml', '.hidden.yml', 'CON.yml', 'config.yaml/..', 'rules']) {
      await expect(engine.client.rules.save({ ...input, file })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      await expect(newest(file)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  })

  test('is refused where another file cannot do without what it had', async () => {
    const base =
      'title: Base\nname: base\nlogsource: { product: gatehouse }\nlevel: low\ndetection: { sel: { event_type: login }, condition: sel }\n'
    const counting =
      'title: Counting\nname: counting\ncorrelation:\n  { type: event_count, rules: [base], group-by: [user_id], timespan: 60s, condition: { gt: 3 } }\n'
    const saved = await engine.client.rules.save({ file: 'base.yml', text: base, replaces: null, reason })
    await engine.client.rules.save({ file: 'counting.yml', text: counting, replaces: null, reason })
    const renamed = { file: 'base.yml', text: base.replace('name: base', 'name: other') }
    const { fault } = await engine.client.rules.check(renamed)
    expect(fault).toMatchObject({ file: 'counting.yml', line: 4, message: expect.stringContaining('base') })
    const input = { ...renamed, replaces: saved.version, reason }
    await expect(engine.client.rules.save(input)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect((await engine.client.rules.list()).rules.map(({ ruleId }) => ruleId)).toContain('counting')
  })

  test('is for those who may act', async () => {
    const reader = await startEngine({ ...stores, workspace: { readOnly: true } })
    await readyRules(reader)
    const { text, version } = await reader.client.rules.get({ file: shipped, which: 'newest' })
    const input = { file: shipped, text, replaces: version, reason }
    await expect(reader.client.rules.save(input)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(readdir(path.join(reader.home, 'rules'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
