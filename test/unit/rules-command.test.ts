import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/main/cli/run.ts'
import { createTempDir } from '../helpers/temp.ts'
import { ruleText } from './watch/support.ts'

let folder: string
beforeEach(async () => {
  folder = (await createTempDir()).path
})

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  process.exitCode = undefined
  const code = await runCommand(['rules', ...argv], {
    out: (text) => (out += `${text}\n`),
    err: (text) => (err += `${text}\n`),
    env: { GATEHOUSE_HOME: folder },
    signal: new AbortController().signal,
  })
  process.exitCode = undefined
  return { code, out, err }
}

async function ruleFile(name: string, tests: string): Promise<string> {
  const file = path.join(folder, name)
  const rule = ruleText('group-by: [user_id]\ntimespan: 60s\ncondition: {gte: 3}')
  await writeFile(file, `${rule}---\ntests:\n${tests}`)
  return file
}

const burst = '[{event_type: failed_login, user_id: bob, repeat: 3, every: 30s}]'

describe('gatehouse rules test', () => {
  test('runs the tests that files carry', async () => {
    const file = await ruleFile(
      'a.yml',
      `  - {name: three, events: ${burst}, alerts: [{rule: test, entity: bob, severity: medium, value: 3, events: 3}]}
  - {name: two, events: [{event_type: failed_login, user_id: bob, repeat: 2}], alerts: []}\n`,
    )
    const { code, out, err } = await run('test', file)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toEqual([
      'passed  a.yml: three',
      'passed  a.yml: two',
      '1 files, 1 rules, 0 refused; 2 tests passed, 0 failed',
      '',
    ])
  })

  test('says what was expected and what came', async () => {
    const file = await ruleFile(
      'a.yml',
      `  - {name: wrong value, events: ${burst}, alerts: [{rule: test, value: 4}]}
  - {name: unexpected, events: ${burst}, alerts: []}
  - {name: missing, events: [{event_type: login}], alerts: [{rule: test}]}
  - {name: no such field, events: [{event_type: login, user: bob}], alerts: []}\n`,
    )
    const { code, out } = await run('test', file, '--json')
    expect(code).toBe(1)
    const came = expect.stringMatching(/^unexpected: .*"entity":"bob","severity":"medium","value":3,"events":3/)
    expect(JSON.parse(out)).toMatchObject({
      failed: 4,
      tests: [
        { name: 'wrong value', passed: false, differences: ['missing: {"rule":"test","value":4}', came] },
        { name: 'unexpected', passed: false, differences: [came] },
        { name: 'missing', passed: false, differences: ['missing: {"rule":"test"}'] },
        { name: 'no such field', differences: [expect.stringContaining('there is no field "user" in events')] },
      ],
    })
  })

  test('runs those of the shipped rules', async () => {
    const { code, out } = await run('test')
    expect(out).toMatch(/ 0 refused; \d+ tests passed, 0 failed\n$/)
    expect(code).toBe(0)
  })
})

describe('gatehouse rules check', () => {
  test('names what is refused, and the rules that are shipped count as there', async () => {
    await writeFile(path.join(folder, 'bad.yml'), 'title: [')
    await writeFile(
      path.join(folder, 'upon.yml'),
      `title: Twice\nname: twice\nlevel: high
correlation: {type: event_count, rules: [brute_force_account], group-by: [user_id], timespan: 1h, condition: {gte: 2}}\n`,
    )
    const { code, out } = await run('check', folder, '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      files: 2,
      rules: 1,
      refused: [{ file: 'bad.yml', message: expect.stringMatching(/^bad\.yml:1: not YAML/) }],
      tests: [],
    })
  })

  test.each([
    [[], /takes check or test/],
    [['run'], /takes check or test/],
    [['check', '/nowhere/rules'], /\/nowhere\/rules cannot be read/],
  ])('is used wrongly with %j', async (words, message) => {
    const { code, err } = await run(...words)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })
})

test('what steers a terminal is shown and does nothing, and what is no command says so', async () => {
  const file = path.join(folder, 'steering.yml')
  await writeFile(
    file,
    '"a\\e[2J\\u202e\\x9bb": 1\nlogsource: {product: gatehouse}\ndetection: {s: {user_id: a}, condition: s}\n',
  )
  const { code, err, out } = await run('check', file)
  expect(code).toBe(1)
  expect(out + err).toContain(String.raw`steering.yml:1: a\u001b[2J\u202e\u009bb: this field`)
  const said: string[] = []
  const terminal = {
    out: String,
    err: (text: string) => said.push(text),
    env: {},
    signal: new AbortController().signal,
  }
  expect(await runCommand(['constructor'], terminal)).toBe(2)
  expect(said[0]).toMatch(/^gatehouse: there is no command "constructor"/)
})
