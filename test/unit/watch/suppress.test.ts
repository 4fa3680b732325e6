import { describe, expect, test } from 'vitest'
import { readPattern } from '../../../src/main/engine/watch/suppress-pattern.ts'
import { compileSuppressions, networksFrom, type Suppressing } from '../../../src/main/engine/watch/suppress.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import type { SuppressionKind } from '../../../src/shared/model/suppression.ts'
import { at, failure, seeded } from './support.ts'

const sought = (typed: string) => `hmac of ${typed}`

function suppression(kind: SuppressionKind, pattern: string, more: Partial<Suppressing> = {}): Suppressing {
  return {
    kind,
    pattern: readPattern({ kind, pattern }, sought),
    ruleId: null,
    createdAt: new Date(at(0)),
    expiresAt: new Date(at(3_600)),
    endedAt: null,
    ...more,
  }
}

const hides = (one: Suppressing, facts: Partial<AuditEvent>, seconds = 10): boolean =>
  compileSuppressions([one], ({ country }) => (country === null ? [] : country.split(' ')))(
    failure(seconds, facts),
    'r',
  )

describe('a suppression leaves out', () => {
  test.each([
    ['user', 'alice', { userId: 'alice' }, true],
    ['user', 'alice', { userId: 'Alice' }, false],
    ['user', 'alice', { userId: null }, false],
    ['address', '203.0.113.7', { ipAddress: '203.0.113.7' }, true],
    ['address', '203.0.113.7', { ipAddress: '203.0.113.8' }, false],
    ['address', '203.0.113.7', { ipAddress: '::ffff:203.0.113.7' }, true],
    ['address', '10.1.0.0/16', { ipAddress: '10.1.255.255' }, true],
    ['address', '10.1.0.0/16', { ipAddress: '10.2.0.0' }, false],
    ['address', '10.0.0.5 - 10.0.1.3', { ipAddress: '10.0.1.3' }, true],
    ['address', '10.0.0.5-10.0.1.3', { ipAddress: '10.0.1.4' }, false],
    ['address', '10.0.0.5-10.0.1.3', { ipAddress: '10.0.0.4' }, false],
    ['address', '2001:db8::/32', { ipAddress: '2001:db8:ffff::1' }, true],
    ['address', '2001:db8::/32', { ipAddress: 'no address' }, false],
    ['agent', 'curl/*', { userAgent: 'CURL/8.5.0' }, true],
    ['agent', 'curl/*', { userAgent: 'not curl/8' }, false],
    ['agent', '*monitor?ng*', { userAgent: `x${'y'.repeat(2_000)}` }, false],
    ['agent', '*monitor?ng*', { userAgent: 'our monitoring 1.0' }, true],
    ['agent', 'a\\*b', { userAgent: 'a*b' }, true],
    ['agent', 'a\\*b', { userAgent: 'axb' }, false],
    ['network', 'as64500', { country: 'AS64500 office' }, true],
    ['network', 'Office', { country: 'AS64500 office' }, true],
    ['network', 'AS6450', { country: 'AS64500 office' }, false],
    ['session', 's1', { sessionId: 'hmac of s1' as AuditEvent['sessionId'] }, true],
    ['session', 's1', { sessionId: 's1' as AuditEvent['sessionId'] }, false],
  ] as const)('%s %s: %j is %s', (kind, pattern, facts, expected) => {
    expect(hides(suppression(kind, pattern), facts)).toBe(expected)
  })

  test('events of its own time alone, the end excluded', () => {
    const one = suppression('user', 'alice', { createdAt: new Date(at(10)), expiresAt: new Date(at(20)) })
    expect([9.999, 10, 19.999, 20].map((seconds) => hides(one, {}, seconds))).toEqual([false, true, true, false])
    const ended = { ...one, endedAt: new Date(at(15)) }
    expect([10, 14.999, 15].map((seconds) => hides(ended, {}, seconds))).toEqual([true, true, false])
  })

  test('events from its own rule alone', () => {
    const isHidden = compileSuppressions([suppression('user', 'alice', { ruleId: 'brute_force' })], () => [])
    expect([isHidden(failure(1), 'brute_force'), isHidden(failure(1), 'spray')]).toEqual([true, false])
  })
})

test('many suppressions say what each of them says', () => {
  const random = seeded(7)
  const pick = (most: number) => Math.floor(random() * most)
  const address = () => `10.${pick(4)}.${pick(4)}.${pick(256)}`
  const kinds = [
    () => suppression('user', `user-${pick(40)}`),
    () => suppression('address', `10.${pick(4)}.${pick(4)}.0/${16 + pick(17)}`),
    () => suppression('address', address()),
    () => suppression('agent', `agent-${pick(10)}*`),
  ]
  const suppressions = Array.from({ length: 60 }, (): Suppressing => {
    const made = kinds[pick(kinds.length)]!()
    return { ...made, ruleId: pick(2) === 0 ? null : `rule-${pick(3)}`, expiresAt: new Date(at(pick(100))) }
  })
  const together = compileSuppressions(suppressions, () => [])
  const each = suppressions.map((one) => compileSuppressions([one], () => []))
  let hidden = 0
  for (let n = 0; n < 3_000; n++) {
    const event = failure(pick(100), {
      userId: `user-${pick(80)}`,
      ipAddress: address(),
      userAgent: `agent-${pick(20)} ${pick(3)}`,
    })
    const ruleId = `rule-${pick(3)}`
    const expected = each.some((one) => one(event, ruleId))
    if (expected) hidden++
    expect(together(event, ruleId)).toBe(expected)
  }
  expect(hidden).toBeGreaterThan(100)
  expect(hidden).toBeLessThan(2_900)
})

describe('a pattern', () => {
  test.each([
    ['address', '10.0.0.1/32', '10.0.0.1'],
    ['address', '10.1.2.3/16', '10.1.2.3/16'],
    ['address', '10.0.0.1 - 10.0.0.9', '10.0.0.1-10.0.0.9'],
    ['network', 'as64500', 'AS64500'],
    ['session', 's1', 'hmac of s1'],
  ] as const)('%s %s is kept as %s', (kind, pattern, kept) => {
    expect(readPattern({ kind, pattern }, sought)).toBe(kept)
  })

  test.each([
    ['address', 'everywhere'],
    ['address', '0.0.0.0/0'],
    ['address', '10.0.0.0/7'],
    ['address', '::/8'],
    ['address', '10.0.0.9-10.0.0.1'],
    ['address', '10.0.0.1-11.0.0.1'],
    ['address', '10.0.0.1-2001:db8::1'],
    ['address', '10.0.0.1-10.0.0.2-10.0.0.3'],
    ['agent', '*'],
    ['agent', '*? *'],
    ['network', '../etc'],
    ['user', 'al\u0000ice'],
    ['user', '\uD800'],
  ] as const)('%s %j is refused, with what is expected', (kind, pattern) => {
    expect(() => readPattern({ kind, pattern }, sought)).toThrow(/^pattern: expected .+\.$/)
  })
})

test('networks of an event are its number and the lists that its address is on', () => {
  const values = { 'geo.asn': 64_500, 'ip.list': ['office', 'vpn'] } as const
  const environment = {
    field: (name: string) => (name in values ? { read: () => values[name as keyof typeof values], uses: [] } : null),
    fieldNames: Object.keys(values),
    version: () => '1',
  }
  expect(networksFrom(environment)(failure(1))).toEqual(['AS64500', 'office', 'vpn'])
})
