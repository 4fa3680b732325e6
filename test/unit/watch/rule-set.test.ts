import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { EnrichedValue, RuleEnvironment } from '../../../src/main/engine/watch/rules/environment.ts'
import { compileFiles, readRules } from '../../../src/main/engine/watch/rules/rule-set.ts'
import { failure } from './support.ts'

const base = (name: string, rest = '', type = 'failed_login') =>
  `title: ${name}\nname: ${name}\nlogsource: {product: gatehouse}
detection: {selection: {event_type: ${type}}, condition: selection}\n${rest}`
const count = (name: string, rules: string, rest = '') =>
  `title: ${name}\nname: ${name}\nlevel: medium
correlation: {type: event_count, rules: [${rules}], group-by: [user_id], timespan: 1m, condition: {gte: 2}}\n${rest}`
const files = (texts: Record<string, string>) => Object.entries(texts).map(([file, text]) => ({ file, text }))
const compile = (texts: Record<string, string>) => {
  const { rules, refused } = compileFiles(files(texts))
  return { rules, ids: rules.map(({ ruleId }) => ruleId), refused: refused.map(({ message }) => message) }
}
const digest = (...texts: string[]) => createHash('sha256').update(texts.join('')).digest('hex').slice(0, 12)

describe('rules of several files', () => {
  test('refer to each other by name and by id, whichever file comes first', () => {
    const id = '0d3c1a52-8f0e-4d1b-9a3b-6f1f5d1c7a02'
    const { rules, refused } = compile({
      'a.yml': count('a', id),
      'b.yml': base('b', `id: ${id}\n`),
      'c.yml': count('c', 'a'),
    })
    expect(refused).toEqual([])
    expect(rules.map(({ ruleId, inputs, alerts }) => [ruleId, inputs[0].kind, alerts])).toEqual([
      ['a', 'events', false],
      ['c', 'rule', true],
    ])
  })

  test('come after those they count', () => {
    expect(compile({ 'a.yml': count('a', 'b'), 'b.yml': count('b', 'c'), 'c.yml': base('c') }).ids).toEqual(['b', 'a'])
  })

  test('carry the versions of all files that make them what they are', () => {
    const [text, below] = [count('a', 'b'), base('b')]
    const filter = `title: F\nlogsource: {product: gatehouse}\nfilter: {rules: any, s: {user_id: x}, condition: not s}`
    const versionOf = (texts: Record<string, string>) => compile(texts).rules[0]?.version
    expect(versionOf({ 'a.yml': `${text}---\n${below}` })).toBe(digest(`${text}---\n${below}`))
    expect(versionOf({ 'a.yml': text, 'b.yml': below })).toBe(digest(text, below))
    expect(versionOf({ 'a.yml': text, 'b.yml': below, 'f.yml': filter })).toBe(digest(text, below, filter))
  })

  test('are refused with the file they count, and the others go on', () => {
    const { ids, refused } = compile({
      'a.yml': count('a', 'b'),
      'b.yml': `${base('b')}---\n${count('b_count', 'nobody')}`,
      'c.yml': `${base('c')}---\n${count('c_count', 'c')}`,
    })
    expect(ids).toEqual(['c_count'])
    expect(refused).toEqual([
      'b.yml:9: correlation.rules[0]: there is no rule with the name or id "nobody": correct it',
      'a.yml:4: correlation.rules[0]: there is no rule with the name or id "b": b.yml has it, and was refused',
    ])
  })

  test('may not count each other in a circle', () => {
    const { ids, refused } = compile({
      'a.yml': count('a', 'b'),
      'b.yml': count('b', 'c'),
      'c.yml': count('c', 'a'),
      'd.yml': `${base('d')}---\n${count('d_count', 'd')}`,
    })
    expect(ids).toEqual(['d_count'])
    expect(refused[0]).toBe('c.yml:4: correlation.rules[0]: the rules count each other in a circle: a -> b -> c -> a')
    expect(refused).toHaveLength(3)
  })

  test('may not share a name', () => {
    const { ids, refused } = compile({ 'a.yml': base('a', 'level: low\n'), 'b.yml': base('a', 'level: low\n') })
    expect(ids).toEqual(['a'])
    expect(refused).toEqual(['b.yml:2: name: "a" is taken by a rule in a.yml'])
  })

  test('that nobody counts are a mistake, unless somebody may who cannot be read', () => {
    const lonely = { 'a.yml': base('a'), 'b.yml': base('b', 'level: low\n') }
    expect(compile(lonely).refused).toEqual([expect.stringMatching(/^a\.yml:1: no correlation counts/)])
    expect(compile({ ...lonely, 'c.yml': 'title: [' }).refused).toEqual([expect.stringMatching(/^c\.yml:1: not YAML/)])
  })

  test('are filtered by the filters of others', () => {
    const filter = (rules: string) =>
      `title: F\nlogsource: {product: gatehouse}\nfilter: {rules: ${rules}, s: {user_id: alice}, condition: not s}`
    const [rule] = compile({ 'a.yml': base('a', 'level: low\n'), 'f.yml': filter('[a]') }).rules
    const input = rule?.inputs[0]
    const matches = input?.kind === 'events' ? input.matches : () => null
    expect([matches(failure(0)), matches(failure(0, { userId: 'bob' }))]).toEqual([false, true])
    expect(compile({ 'a.yml': base('a', 'level: low\n'), 'f.yml': filter('[b]') }).refused).toEqual([
      'f.yml:3: filter.rules[0]: there is no rule with the name or id "b": correct it',
    ])
  })
})

describe('what the engine learns of a rule', () => {
  const inputOf = (selection: string, logsource = '{product: gatehouse}') => {
    const [rule] = readRules(
      'a.yml',
      `title: A\nname: a\nlevel: low\nlogsource: ${logsource}\ndetection: {s: ${selection}, t: {user_id: bob}, condition: s or (s and t)}`,
    )
    const input = rule?.inputs[0]
    if (input?.kind !== 'events') throw new Error('no events')
    return input
  }

  test.each<[selection: string, types: string[] | null]>([
    ['{event_type: login}', ['login']],
    ['{event_type: [Login, LOGOUT]}', ['login', 'logout']],
    ['{event_type: login, user_id: alice}', ['login']],
    ['{event_type|cased: Login}', ['login']],
    ['[{event_type: login}, {event_type: logout}]', ['login', 'logout']],
    ['[{event_type: login}, {user_id: alice}]', null],
    ['{event_type: log*}', null],
    ['{event_type|neq: login}', null],
    ['{event_type|contains: login}', null],
    ['[login]', null],
  ])('%s can be events of the types %j', (selection, types) => {
    const found = inputOf(selection).types
    expect(found === null ? null : [...found].toSorted()).toEqual(types)
  })

  test('a rule of sessions takes their types only', () => {
    expect(inputOf('{user_id: alice}', '{product: gatehouse, service: session}').types).toContain('failed_login')
    expect(inputOf('{user_id: alice}', '{product: gatehouse, service: audit}').types).toBeNull()
  })

  const lists: RuleEnvironment = {
    field: (name) => (name === 'ip.list' ? { read: (): EnrichedValue => ['tor', 'vpn'], uses: ['tor', 'vpn'] } : null),
    fieldNames: ['ip.list'],
    version: () => '1',
  }

  test('the lists that it looks into, wherever it names them', () => {
    const usesOf = (text: string) => compileFiles([{ file: 'a.yml', text }], lists).rules.map(({ uses }) => uses)
    expect(usesOf(base('a', 'level: low\n'))).toEqual([[]])
    expect(usesOf(base('a', 'level: low\n').replace('event_type: failed_login', 'ip.list: tor'))).toEqual([
      ['tor', 'vpn'],
    ])
    const counted = `${base('a')}---\n${count('b', 'a').replace('user_id', 'ip.list')}`
    expect(usesOf(counted)).toEqual([['tor', 'vpn']])
    expect(usesOf(base('a', "level: low\ngatehouse: {summary: '{distinct ip.list}'}\n"))).toEqual([['tor', 'vpn']])
  })

  test('of several looked-up values one must fit, and a message names the fields there are', () => {
    const rule = (name: string) => base('a', 'level: low\n').replace('event_type: failed_login', name)
    const fits = (name: string) => {
      const input = compileFiles([{ file: 'a.yml', text: rule(name) }], lists).rules[0]?.inputs[0]
      return input?.kind === 'events' && input.matches(failure(0))
    }
    expect(['ip.list: vpn', 'ip.list: relay', 'ip.list|exists: true', 'ip.list: [relay, TOR]'].map(fits)).toEqual([
      true,
      false,
      true,
      true,
    ])
    expect(compileFiles([{ file: 'a.yml', text: rule('ip.lists: tor') }], lists).refused[0]?.message).toMatch(
      /there is no field "ip\.lists": the fields are event_id, .*metadata\.<name>, ip\.list$/,
    )
  })
})

describe('under gatehouse', () => {
  const levelsOf = (gatehouse: string) =>
    readRules('a.yml', `${base('b')}---\n${count('a', 'b', `gatehouse: ${gatehouse}\n`)}`)[0]?.levels.map((level) => ({
      severity: level.severity,
      timespanMs: level.timespanMs,
      conditions: level.conditions.map(({ measure, bounds }) => [
        measure.name,
        Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined)),
      ]),
    }))

  test('further conditions hold at raised levels too, unless they have their own', () => {
    const where = 'where: [{value_count: {field: ip_address, gte: 3}}]'
    const raise = '{level: high, timespan: 5m, condition: {gte: 9}}'
    const own =
      '{level: critical, timespan: 5m, condition: {gte: 20}, where: [{value_sum: {field: duration_ms, gt: 0.5}}]}'
    expect(levelsOf(`{${where}, raise: [${raise}, ${own}]}`)).toEqual([
      {
        severity: 'medium',
        timespanMs: 60_000,
        conditions: [
          ['event_count', { gte: 2 }],
          ['value_count', { gte: 3 }],
        ],
      },
      {
        severity: 'high',
        timespanMs: 300_000,
        conditions: [
          ['event_count', { gte: 9 }],
          ['value_count', { gte: 3 }],
        ],
      },
      {
        severity: 'critical',
        timespanMs: 300_000,
        conditions: [
          ['event_count', { gte: 20 }],
          ['value_sum', { gt: 0.5 }],
        ],
      },
    ])
  })

  test.each([
    ['{where: [{event_count: {gte: 1}, value_count: {gte: 1}}]}', 'write one measure an item'],
    ['{where: [{event_counts: {gte: 1}}]}', 'gatehouse.where[0].event_counts: "event_counts" is not supported'],
    ['{where: [{value_count: {gte: 1}}]}', 'gatehouse.where[0].value_count.field: value_count needs a field'],
    ['{where: [{event_count: {gte: 5, lt: 5}}]}', 'no number can meet this condition'],
    ['{where: [{value_avg: {field: duration_ms, gt: 5, lt: 5}}]}', 'no number can meet this condition'],
    ['{kind: travel}', 'gatehouse.kind: kind takes the place of correlation.type'],
    ['{after: 10s}', 'gatehouse.after: after goes with temporal_ordered only'],
    ['{quiet: soon}', 'gatehouse.quiet: "soon" is no timespan'],
    ['{entity: robot}', 'gatehouse.entity'],
    ['{tests: [{name: a, events: [], alerts: []}]}', 'gatehouse.tests[0].events'],
    ['{tests: [{name: a, events: [{event_type: a, at: soon}], alerts: []}]}', 'gatehouse.tests[0].events[0].at'],
  ])('%s is refused: %s', (gatehouse, message) => {
    expect(() => levelsOf(gatehouse)).toThrow(message)
  })

  test('what is new is learned of the group of the base rule', () => {
    const [rule] = readRules(
      'a.yml',
      base(
        'a',
        'level: low\ngatehouse: {group-by: [user_id, country], unseen: {field: user_agent, last: 10, learn: 3d}}\n',
      ),
    )
    expect(rule?.inputs[0]).toMatchObject({
      kind: 'unseen',
      key: 'a: user_agent by user_id, country',
      last: 10,
      learnMs: 3 * 86_400_000,
      columns: ['event_type', 'user_agent', 'user_id', 'country'],
    })
    expect(() => readRules('a.yml', base('a', 'level: low\ngatehouse: {unseen: {field: agents}}\n'))).toThrow(
      'a.yml:6: gatehouse.unseen.field: there is no field "agents"',
    )
  })
})
