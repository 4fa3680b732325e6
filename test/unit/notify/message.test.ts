import { describe, expect, test } from 'vitest'
import { composeMessage, moreText, plain, type TellableAlert } from '../../../src/main/engine/notify/message.ts'
import type { AlertId } from '../../../src/shared/model/ids.ts'

const alert = (facts: Partial<TellableAlert> = {}): TellableAlert => ({
  alertId: 'a' as AlertId,
  ruleId: 'spray',
  title: 'Password spray',
  severity: 'high',
  entityKind: 'ip',
  entity: '203.0.113.7',
  summary: '16 attempts on 6 users from 203.0.113.7 within 9 min',
  windowEnd: new Date('2026-03-02T10:00:00Z'),
  ...facts,
})

describe('a message', () => {
  test('of one alert says which', () => {
    expect(composeMessage([alert()])).toEqual({
      headline: 'high: Password spray, ip 203.0.113.7',
      severity: 'high',
      alerts: [
        {
          alertId: 'a',
          ruleId: 'spray',
          title: 'Password spray',
          severity: 'high',
          about: 'ip 203.0.113.7',
          summary: '16 attempts on 6 users from 203.0.113.7 within 9 min',
          lastEvent: '2026-03-02T10:00:00.000Z',
        },
      ],
      more: 0,
      isTrial: false,
    })
  })

  test('of many names the worst ten, the newest of them first, and counts the others', () => {
    const many = Array.from({ length: 47 }, (_, n) =>
      alert({
        alertId: String(n) as AlertId,
        severity: n === 40 ? 'critical' : n % 2 === 0 ? 'low' : 'high',
        windowEnd: new Date(n * 1_000),
      }),
    )
    const message = composeMessage(many)
    expect(message.headline).toBe('47 alerts, the worst critical')
    expect(message.alerts.map(({ alertId }) => alertId)).toEqual([
      '40',
      '45',
      '43',
      '41',
      '39',
      '37',
      '35',
      '33',
      '31',
      '29',
    ])
    expect(moreText(message)).toBe('and 37 more')
  })

  test('names no session, however its summary cuts the id short', () => {
    const entity = 'plain-session-id-'.repeat(12)
    const cut = `${entity.slice(0, 120)}…`
    for (const summary of [`2 addresses in ${entity}`, `2 addresses in ${cut}`]) {
      const message = composeMessage([alert({ entityKind: 'session', entity, summary })])
      expect(JSON.stringify(message)).not.toContain('plain-session-id')
      expect(message.headline).toBe('high: Password spray, a session')
    }
  })
})

test.each([
  ['two\r\nlines\u2028and a third', 'two lines and a third'],
  ['\u0000\u001b[31mred', '[31mred'],
  ['user\u202Egpj.exe', 'usergpj.exe'],
  [`${'x'.repeat(299)}🦊`, `${'x'.repeat(299)}\uFFFD…`],
  ['\uD800', '\uFFFD'],
])('%j is said as %j', (text, said) => {
  expect(plain(text)).toBe(said)
})
