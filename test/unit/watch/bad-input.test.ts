import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeItem } from '../../../src/main/engine/queue/decode/item.ts'
import { createSessionIds } from '../../../src/main/engine/session-ids.ts'
import { createEngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import { createEnrichment } from '../../../src/main/engine/watch/enrich/enrichment.ts'
import { compileFiles } from '../../../src/main/engine/watch/rules/rule-set.ts'
import { resourcePath } from '../../../src/main/resources.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'
import { alertsOf, openCatalogue, type Catalogue } from '../../helpers/labelled/catalogue.ts'
import { at, failure } from './support.ts'

const shipped = readdirSync(resourcePath('rules')).map((file) => ({
  file,
  text: readFileSync(resourcePath('rules', file), 'utf8'),
}))
const { environment } = createEnrichment({ geo: { databases: [] }, lists: [] }, () => {})

const base =
  'title: Failed\nname: failed\nlogsource: {product: gatehouse}\ndetection: {s: {event_type: failed_login}, condition: s}\n'
const counted = (correlation: string): string =>
  `${base}---\ntitle: Mine\nname: mine\nlevel: low\ncorrelation:\n${correlation}`
const whole = [
  '  type: event_count',
  '  rules: [failed]',
  '  group-by: [user_id]',
  '  timespan: 1m',
  '  condition: {gt: 5}',
]
const but = (line: number, text: string): string => counted(whole.with(line, text).join('\n'))

describe('a wrong rule file beside the whole catalogue is refused by file, line and field, and every other rule runs', () => {
  const all = compileFiles(shipped, environment).rules.map(({ ruleId }) => ruleId)

  test.each<[name: string, text: string, message: RegExp]>([
    ['not YAML', `${base}---\ntitle: [Mine\nname: mine`, /^mine\.yml:7: not YAML: /],
    ['an unknown field', `${base}levels: low\n`, /^mine\.yml:5: levels: this field is not supported/],
    [
      'an unknown correlation type',
      but(0, '  type: event_sum'),
      /^mine\.yml:10: correlation\.type: "event_sum" is not supp/,
    ],
    ['a timespan of ten', but(3, '  timespan: ten'), /^mine\.yml:13: correlation\.timespan: "ten" is no timespan/],
    [
      'value_count without a field',
      but(0, '  type: value_count'),
      /^mine\.yml:14: correlation\.condition\.field: value_count/,
    ],
    [
      'a reference to no rule',
      but(1, '  rules: [nobody]'),
      /^mine\.yml:11: correlation\.rules\[0\]: there is no rule .*"nobody"/,
    ],
    [
      'a circle',
      but(1, '  rules: [failed, mine]'),
      /^mine\.yml:11: correlation\.rules\[1\]: .* in a circle: mine -> mine$/,
    ],
  ])('%s', (_name, text, message) => {
    const { rules, refused } = compileFiles([...shipped, { file: 'mine.yml', text }], environment)
    expect(refused.map(({ file }) => file)).toEqual(['mine.yml'])
    expect(refused[0]?.message).toMatch(message)
    expect(rules.map(({ ruleId }) => ruleId)).toEqual(all)
    const engine = createEngineOfRules(rules, { latenessMs: 60_000 })
    const raised = alertsOf(engine, sixFailures()).map(({ ruleId }) => ruleId)
    expect(raised).toEqual(['brute_force_account', 'brute_force_address'])
  })

  test('which is right is taken', () => {
    const { rules, refused } = compileFiles(
      [...shipped, { file: 'mine.yml', text: counted(whole.join('\n')) }],
      environment,
    )
    expect(refused).toEqual([])
    expect(rules.map(({ ruleId }) => ruleId)).toContain('mine')
  })
})

const sixFailures = (facts: (index: number) => Partial<AuditEvent> = () => ({})): AuditEvent[] =>
  Array.from({ length: 6 }, (_, index) => failure(index * 5, facts(index)))

describe('events that tell less, or more than is true, go through the whole catalogue', () => {
  let catalogue: Catalogue
  beforeAll(async () => {
    catalogue = await openCatalogue()
  })
  const raisedBy = (events: readonly AuditEvent[]) =>
    alertsOf(catalogue.newEngine(), events).map(({ ruleId, entity }) => `${ruleId} ${entity}`)

  test.each<[name: string, facts: (index: number) => Partial<AuditEvent>, raised: string[]]>([
    ['without a user', () => ({ userId: null }), ['brute_force_address 203.0.113.7']],
    ['without an address', () => ({ ipAddress: null }), ['brute_force_account alice']],
    ['with neither', () => ({ userId: null, ipAddress: null }), []],
    [
      'from one address, written in two ways',
      (index) => ({ ipAddress: index % 2 === 0 ? '::ffff:203.0.113.7' : '203.0.113.7' }),
      ['brute_force_account alice', 'brute_force_address 203.0.113.7'],
    ],
    [
      'from IPv6',
      () => ({ ipAddress: '2001:db8::7' }),
      ['brute_force_account alice', 'brute_force_address 2001:db8::7'],
    ],
    [
      'from a private address',
      () => ({ ipAddress: '10.0.0.7' }),
      ['brute_force_account alice', 'brute_force_address 10.0.0.7'],
    ],
  ])('%s', (_name, facts, raised) => {
    expect(raisedBy(sixFailures(facts))).toEqual(raised)
  })

  test.each<[name: string, count: unknown]>([
    ['an object that no number can be made of', { toString: 1, valueOf: 1 }],
    ['a list of such', [{ toString: 1 }]],
    ['a list of a number', [7]],
    ['true', true],
  ])('counts that are none weigh 1: %s', (_name, count) => {
    const raisedWith = (stated: unknown) => raisedBy(sixFailures(() => ({ metadata: { count: stated } })).slice(0, 5))
    expect(raisedWith(count)).toEqual([])
    expect(raisedWith('2')).toEqual(['brute_force_account alice', 'brute_force_address 203.0.113.7'])
  })

  test('logins from private, IPv6 and mapped addresses are nowhere, or where the plain address is', () => {
    const login = (seconds: number, ipAddress: string): AuditEvent => ({
      ...failure(seconds, { ipAddress }),
      type: 'login',
    })
    expect(raisedBy([login(0, '::ffff:84.130.1.1'), login(300, '95.25.1.1')])).toEqual(['impossible_travel alice'])
    expect(raisedBy([login(0, '84.130.1.1'), login(300, '10.0.0.1'), login(600, 'fd00::1')])).toEqual([])
  })

  test('of clocks that are ahead are told, and change nothing for the others', () => {
    const told: string[] = []
    const rules = catalogue.rules.filter(({ ruleId }) => ruleId.startsWith('brute_force'))
    const engine = createEngineOfRules(rules, { latenessMs: 60_000, report: (_reason, key) => told.push(key) })
    const ahead = sixFailures(() => ({ userId: 'bob', createdAt: new Date(at(86_400)), ipAddress: null }))
    const changes = [...engine.push(ahead.slice(0, 3), at(0)), ...engine.push(sixFailures(), at(60))]
    const entities = changes.flatMap((change) => (change.kind === 'raised' ? [change.alert.entity] : []))
    expect(new Set(entities)).toEqual(new Set(['alice', '203.0.113.7']))
    expect(told).toEqual(ahead.slice(0, 3).map(({ eventId }) => eventId))
  })

  test.each<[name: string, createdAt: unknown]>([
    ['no time', undefined],
    ['a time that is none', 'yesterday'],
    ['a time before times', '0000-00-00T00:00:00Z'],
  ])('with %s are of the moment at which they were claimed', (_name, createdAt) => {
    const claimed = new Date('2026-03-02T08:00:00.000Z')
    const item = { event_type: 'failed_login', user_id: 'alice', created_at: createdAt }
    const origin = { identity: 'one' as EventId, at: claimed, source: 'queue' as const }
    const result = decodeItem(
      Buffer.from(JSON.stringify(item)),
      origin,
      createSessionIds('plain', () => null),
    )
    expect('refusal' in result ? result.refusal : result.event.createdAt).toEqual(claimed)
  })
})
