import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createEnrichment } from '../../../src/main/engine/watch/enrich/enrichment.ts'
import { loadRules } from '../../../src/main/engine/watch/rules/load.ts'
import { readRules } from '../../../src/main/engine/watch/rules/rule-set.ts'
import { resourcePath } from '../../../src/main/resources.ts'
import { createTempDir } from '../../helpers/temp.ts'
import { ruleText, shippedRule } from './support.ts'

const good = ruleText('group-by: [user_id]\ntimespan: 60s\ncondition: {gt: 5}')
const loginRule = `---
title: Login
name: login
logsource: {product: gatehouse}
detection: {selection: {event_type: login}, condition: selection}
`

describe('the shipped rules', () => {
  test('have the version of their text', () => {
    const text = readFileSync(resourcePath('rules', 'brute-force-account.yml'))
    const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
    expect(shippedRule('brute-force-account').version).toBe(version)
  })

  test('are those of the catalogue', () => {
    expect(shippedRule('brute-force-account')).toMatchObject({
      ruleId: 'brute_force_account',
      attack: ['T1110.001'],
      entityKind: 'user',
      levels: [
        { severity: 'medium', timespanMs: 60_000, conditions: [{ bounds: { gt: 5 } }] },
        { severity: 'high', timespanMs: 300_000, conditions: [{ bounds: { gte: 30 } }] },
      ],
    })
    expect(shippedRule('brute-force-address')).toMatchObject({
      ruleId: 'brute_force_address',
      attack: ['T1110'],
      entityKind: 'ip',
      levels: [{ severity: 'medium', timespanMs: 60_000, conditions: [{ bounds: { gt: 5 } }] }],
    })
  })
})

describe('a file that asks for what the engine lacks is refused, with file, line and field', () => {
  const replaced = (from: string | RegExp, to: string) => {
    const text = good.replace(from, to)
    if (text === good) throw new Error(`the rule has no ${String(from)}`)
    return text
  }

  test.each<[name: string, text: string, message: string | RegExp]>([
    ['not YAML', 'title: [a\nname: b', /^x\.yml:2: not YAML: /],
    ['a key twice', good.replace('name: test', 'name: test\ntitle: Again'), /^x\.yml:11: not YAML: .*unique/],
    ['an alias to nothing', 'title: *nowhere\ndetection: {}', /^x\.yml:1: not YAML: /],
    ['an empty file', '', 'x.yml:1: the file has no rule'],
    ['a list', '- a\n- b', 'x.yml:1: a rule has a detection, a correlation or a filter: this has none of them'],
    [
      'neither kind',
      'title: A\nname: b',
      'x.yml:1: a rule has a detection, a correlation or a filter: this has none of them',
    ],
    [
      'an unknown key',
      replaced('level: medium', 'levle: medium'),
      'x.yml:11: levle: this field is not supported: remove it, or correct its name',
    ],
    ['an unknown level', replaced('level: medium', 'level: grave'), /^x\.yml:11: level: .*"critical"/],
    [
      'another product',
      replaced('product: gatehouse', 'product: windows'),
      /^x\.yml:3: logsource\.product: .*gatehouse/,
    ],
    [
      'another service',
      replaced('product: gatehouse', 'product: gatehouse, service: sshd'),
      /^x\.yml:3: logsource\.service: /,
    ],
    [
      'an unknown correlation type',
      replaced('event_count', 'event_sum'),
      /^x\.yml:13: correlation\.type: "event_sum" is not supported: use event_count, value_count, /,
    ],
    [
      'a timespan in words',
      replaced('60s', 'ten'),
      'x.yml:16: correlation.timespan: "ten" is no timespan: write a whole number and s, m, h or d, for example 60s',
    ],
    ['a timespan in months', replaced('60s', '1M'), /^x\.yml:16: correlation\.timespan: "1M" is no timespan/],
    ['no timespan', replaced('  timespan: 60s\n', ''), /^x\.yml:12: correlation\.timespan: /],
    [
      'a reference to no rule',
      replaced('rules: [failed]', 'rules: [failed, other]'),
      'x.yml:14: correlation.rules[1]: there is no rule with the name or id "other": correct it',
    ],
    [
      'no reference',
      replaced('rules: [failed]', 'rules: []'),
      'x.yml:14: correlation.rules: a correlation needs at least one rule',
    ],
    [
      'group by an unknown field',
      replaced('[user_id]', '[user_id, user]'),
      /^x\.yml:15: correlation\.group-by\[1\]: there is no field "user": the fields are event_id, .*metadata\.<name>$/,
    ],
    [
      'an alias of a rule that is not counted',
      replaced('timespan: 60s', 'timespan: 60s\n  aliases: {a: {other: user_id}}'),
      'x.yml:17: correlation.aliases.a.other: "other" is not among the rules of this correlation',
    ],
    [
      'an alias of an unknown field',
      replaced('timespan: 60s', 'timespan: 60s\n  aliases: {a: {failed: b}}'),
      /^x\.yml:17: correlation\.aliases\.a\.failed: there is no field "b"/,
    ],
    [
      'generate over a rule without a level',
      replaced('timespan: 60s', 'timespan: 60s\n  generate: true'),
      'x.yml:1: test lets this rule raise alerts (generate): it needs a level',
    ],
    [
      'value_count without a field',
      replaced('event_count', 'value_count'),
      'x.yml:17: correlation.condition.field: value_count needs a field: what it looks at',
    ],
    [
      'value_sum of two fields',
      replaced('event_count', 'value_sum').replace('{gt: 5}', '{gt: 5, field: [duration_ms, user_id]}'),
      'x.yml:17: correlation.condition.field: value_sum looks at one field',
    ],
    [
      'value_percentile without a percentile',
      replaced('event_count', 'value_percentile').replace('{gt: 5}', '{gt: 5, field: duration_ms}'),
      'x.yml:17: correlation.condition.percentile: value_percentile needs a percentile, for example 95',
    ],
    [
      'a rule that counts itself',
      replaced('rules: [failed]', 'rules: [failed, test]'),
      'x.yml:14: correlation.rules[1]: the rules count each other in a circle: test -> test',
    ],
    [
      'a rule named twice',
      replaced('rules: [failed]', 'rules: [failed, failed]'),
      'x.yml:14: correlation.rules[1]: "failed" is named twice',
    ],
    [
      'no condition',
      replaced('{gt: 5}', '{}'),
      'x.yml:17: correlation.condition: a condition needs at least one of gt, gte, lt, lte, eq, neq',
    ],
    [
      'a condition on a field',
      replaced('{gt: 5}', '{gt: 5, field: user_id}'),
      'x.yml:17: correlation.condition.field: event_count takes no field',
    ],
    [
      'a condition that never holds',
      replaced('{gt: 5}', '{gt: 5, lt: 6}'),
      'x.yml:17: correlation.condition: no number can meet this condition',
    ],
    [
      'a condition below nothing',
      replaced('{gt: 5}', '{lt: 0}'),
      'x.yml:17: correlation.condition: no number can meet this condition',
    ],
    ['half an event', replaced('{gt: 5}', '{gt: 5.5}'), /^x\.yml:17: correlation\.condition\.gt: /],
    [
      'a name with spaces',
      replaced('name: test', 'name: te st'),
      'x.yml:10: name: a name has letters, digits, dots, dashes and underscores only',
    ],
    [
      'no name',
      replaced('name: test\n', ''),
      'x.yml:9: a correlation needs a name or an id: alerts are filed under it',
    ],
    ['an id that is none', replaced('name: test', 'id: 17'), /^x\.yml:10: id: /],
    [
      'a base rule without a name',
      replaced('name: failed\n', ''),
      'x.yml:1: a base rule needs a name or an id: others refer to it by that',
    ],
    [
      'a base rule that nothing counts',
      `${good}---\ntitle: B\nname: b\nlogsource: {product: gatehouse}\ndetection: {s: {event_type: a}, condition: s}`,
      'x.yml:20: no correlation counts what this rule selects: give it a level, and it raises alerts by itself',
    ],
    [
      'a name twice',
      `${good}---\ntitle: B\nname: failed\nlogsource: {product: gatehouse}\ndetection: {s: {event_type: a}, condition: s}`,
      'x.yml:21: name: "failed" is taken by another rule of this file',
    ],
    [
      'an unknown field',
      replaced('event_type: failed_login', 'eventType: failed_login'),
      /^x\.yml:6: detection\.selection\.eventType: there is no field "eventType"/,
    ],
    [
      'an unknown modifier',
      replaced('event_type: failed_login', 'event_type|like: failed.*'),
      /^x\.yml:6: detection\.selection\.event_type\|like: the modifier "like" is not supported: use contains, /,
    ],
    [
      'an empty selection',
      replaced('\n    event_type: failed_login', ' {}'),
      'x.yml:5: detection.selection: an empty map selects everything: write at least one field',
    ],
    [
      'no condition of the detection',
      replaced('  condition: selection\n', ''),
      'x.yml:4: detection.condition: a detection needs a condition: one text, for example "selection", or a list of them',
    ],
    [
      'timeframe',
      replaced('  condition: selection\n', '  condition: selection\n  timeframe: 5m\n'),
      'x.yml:8: detection.timeframe: timeframe is not supported: write a correlation',
    ],
    [
      'an aggregation',
      replaced('condition: selection', 'condition: selection | count() > 5'),
      /^x\.yml:7: detection\.condition: the condition "selection \| count\(\) > 5" cannot be read: "\|" is not expected here$/,
    ],
    [
      'a selection that is not there',
      replaced('condition: selection', 'condition: selection and other'),
      /^x\.yml:7: .*there is no selection "other"$/,
    ],
    [
      'a quiet window that is too short',
      `${good}gatehouse:\n  quiet: 30s\n`,
      /^x\.yml:20: gatehouse\.quiet: quiet may not be shorter than the timespan/,
    ],
    [
      'an unknown placeholder',
      `${good}gatehouse:\n  summary: '{value} of {who}'\n`,
      /^x\.yml:20: gatehouse\.summary: "\{who\}" is unknown: use \{entity\}/,
    ],
    [
      'an unknown field in the summary',
      `${good}gatehouse:\n  summary: '{distinct who|a|b}'\n`,
      'x.yml:20: gatehouse.summary: there is no field "who"',
    ],
    ['an open brace', `${good}gatehouse:\n  summary: '{value'\n`, 'x.yml:20: gatehouse.summary: a brace is not closed'],
    [
      'a level that is no higher',
      `${good}gatehouse:\n  raise:\n    - {level: low, timespan: 5m, condition: {gt: 9}}\n`,
      'x.yml:21: gatehouse.raise[0].level: each level must be more severe than the one before',
    ],
    [
      'what resolves and is not counted',
      `${good}gatehouse:\n  resolved: {by: login, field: user_id}\n`,
      'x.yml:20: gatehouse.resolved.by: "login" is not among the rules of this correlation',
    ],
    [
      'nothing but what resolves',
      `${good}gatehouse:\n  resolved: {by: failed, field: user_id}\n`,
      'x.yml:20: gatehouse.resolved.by: nothing is left to count: name the other rules, too',
    ],
    [
      'a field of what resolves that there is not',
      `${good.replace('rules: [failed]', 'rules: [failed, login]')}gatehouse:\n  resolved: {by: login, field: who}\n${loginRule}`,
      /^x\.yml:20: gatehouse\.resolved\.field: there is no field "who"/,
    ],
    [
      'a measure of what ends, and nothing that ends it',
      `${good.replace('  type: event_count\n', '')}gatehouse:\n  kind: streak\n`,
      /^x\.yml:\d+: correlation\.condition: streak needs two rules: what begins, and what ends it$/,
    ],
    [
      'another key of our own',
      `${good}gatehouse:\n  window: 5m\n`,
      /^x\.yml:20: gatehouse\.window: this field is not supported/,
    ],
  ])('%s', (_name, text, message) => {
    expect(() => readRules('x.yml', text)).toThrow(message)
  })
})

describe('a file that is made to hurt is refused in its turn', () => {
  const bomb = Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`)
  test.each<[name: string, text: string, message: RegExp]>([
    ['a hundred thousand brackets', '['.repeat(100_000), /not YAML: it is nested too deeply$/],
    ['a hundred thousand dashes', '- '.repeat(100_000), /not YAML: it is nested too deeply$/],
    ['ten thousand keys', Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join('\n'), /none of them$/],
    ['aliases of aliases', `a0: &a0 [1]\n${bomb.join('\n')}`, /not YAML: Excessive alias count/],
    ['a tag of a program', 'title: !!js/function "x"', /not YAML: Unresolved tag/],
    ['keys of every object', `${good}__proto__: {level: low}`, /x\.yml:\d+: __proto__: this field is not supported/],
    ['a condition without end', good.replace('condition: selection', `condition: ${'('.repeat(9_000)}`), /longer than/],
    [
      'a pattern that repeats repetitions',
      good.replace('event_type: failed_login', "user_agent|re: '((a{1,30}){1,30}){1,30}'"),
      /the regular expression cannot be used/,
    ],
  ])('%s', (_name, text, message) => {
    expect(() => readRules('x.yml', text)).toThrow(message)
  })
})

describe('a folder of rules', () => {
  test('loads what is understood beside what is refused', async () => {
    const folder = await createTempDir()
    await writeFile(path.join(folder.path, 'good.yml'), good)
    await writeFile(path.join(folder.path, 'twin.yaml'), good)
    await writeFile(path.join(folder.path, 'bad.yml'), 'title: [')
    await writeFile(path.join(folder.path, 'huge.yml'), `# ${'x'.repeat(300_000)}`)
    await writeFile(path.join(folder.path, 'README.md'), 'no rule')
    await mkdir(path.join(folder.path, 'folder.yml'))
    const { rules, refused } = await loadRules([folder.path])
    expect(rules.map(({ ruleId, file }) => [ruleId, file])).toEqual([['test', 'good.yml']])
    expect(refused).toEqual([
      { file: 'bad.yml', message: expect.stringMatching(/^bad\.yml:1: not YAML/) },
      { file: 'folder.yml', message: expect.stringContaining('folder.yml') },
      { file: 'huge.yml', message: 'huge.yml: larger than 256 KiB, which no rule file is' },
      { file: 'twin.yaml', message: 'twin.yaml:2: name: "failed" is taken by a rule in good.yml' },
    ])
  })

  test("the user's file takes the place of a shipped one of the same name", async () => {
    const folder = await createTempDir()
    const file = 'brute-force-account.yml'
    const changed = readFileSync(resourcePath('rules', file), 'utf8').replace('gt: 5', 'gt: 9')
    await writeFile(path.join(folder.path, file), changed)
    const { environment } = createEnrichment({ geo: { databases: [] }, lists: [] }, () => {})
    const { rules, refused } = await loadRules([resourcePath('rules'), folder.path], environment)
    expect(refused).toEqual([])
    expect(rules.find(({ ruleId }) => ruleId === 'brute_force_account')?.levels[0].conditions[0].bounds).toEqual({
      gt: 9,
    })
  })

  test('that is not there is named', async () => {
    const { refused } = await loadRules(['/nowhere/rules'])
    expect(refused).toEqual([{ file: '/nowhere/rules', message: expect.stringContaining('Correct watch.rulesDir') }])
  })
})
