import { describe, expect, test } from 'vitest'
import { readQuery } from '../../../src/main/engine/search/resolve.ts'
import { GatehouseError } from '../../../src/shared/errors.ts'
import type { SessionId } from '../../../src/shared/model/ids.ts'
import { eventQueryFields, sessionQueryFields } from '../../../src/shared/model/query-fields.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')
const hourMs = 3_600_000
const soughtSession = (typed: string) => `hash of ${typed}` as SessionId

const events = (query: string) => readQuery(query, { fields: eventQueryFields, nowMs, soughtSession })
const sessions = (query: string) => readQuery(query, { fields: sessionQueryFields, nowMs, soughtSession })

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'QUERY_SYNTAX') return error.message
    throw error
  }
  throw new Error('was read')
}

describe('what a term asks for', () => {
  test.each([
    ['', { kind: 'all' }],
    ['user:alice', { kind: 'equals', field: 'user', value: 'alice' }],
    ['USER_ID:alice', { kind: 'equals', field: 'user', value: 'alice' }],
    ['action:login', { kind: 'equals', field: 'type', value: 'login' }],
    ['user:al*', { kind: 'like', field: 'user', pattern: [{ text: 'al' }, '*'] }],
    ['user:a?c', { kind: 'like', field: 'user', pattern: [{ text: 'a' }, '?', { text: 'c' }] }],
    ['user:a***c', { kind: 'like', field: 'user', pattern: [{ text: 'a' }, '*', { text: 'c' }] }],
    ['user:"al*"', { kind: 'equals', field: 'user', value: 'al*' }],
    ['user:*', { kind: 'present', field: 'user' }],
    ['country:de', { kind: 'like', field: 'country', pattern: [{ text: 'de' }] }],
    ['agent:curl', { kind: 'like', field: 'agent', pattern: ['*', { text: 'curl' }, '*'] }],
    ['agent:curl*', { kind: 'like', field: 'agent', pattern: ['*', { text: 'curl' }, '*'] }],
    ['category:WARNING', { kind: 'equals', field: 'category', value: 'warning' }],
    ['session:abc', { kind: 'equals', field: 'session', value: 'hash of abc' }],
    ['session:3fa9*', { kind: 'like', field: 'session', pattern: [{ text: '3fa9' }, '*'] }],
    ['ip:10.1.*', { kind: 'like', field: 'ip', pattern: [{ text: '10.1.' }, '*'] }],
    ['duration:>=1.5', { kind: 'compare', field: 'duration', comparison: '>=', value: 1.5 }],
    ['curl', { kind: 'anyText', pattern: ['*', { text: 'curl' }, '*'] }],
    ['"50%"', { kind: 'anyText', pattern: ['*', { text: '50%' }, '*'] }],
    ['last:24h', { kind: 'time', fromMs: nowMs - 24 * hourMs, untilMs: nowMs + hourMs / 12 }],
    ['after:2h', { kind: 'time', fromMs: nowMs - 2 * hourMs, untilMs: null }],
    ['before:2026-11-20', { kind: 'time', fromMs: null, untilMs: nowMs - 12 * hourMs }],
    ['at:2026-11-20T10', { kind: 'time', fromMs: nowMs - 2 * hourMs, untilMs: nowMs - hourMs }],
    ['at:>2026-11-20T10', { kind: 'time', fromMs: nowMs - hourMs, untilMs: null }],
    ['at:<=2026-11-20T10', { kind: 'time', fromMs: null, untilMs: nowMs - hourMs }],
    ['at:[2026-11-20T08 TO 2026-11-20T10]', { kind: 'time', fromMs: nowMs - 4 * hourMs, untilMs: nowMs - hourMs }],
    ['at:{2026-11-20T08 TO 2026-11-20T10}', { kind: 'time', fromMs: nowMs - 3 * hourMs, untilMs: nowMs - 2 * hourMs }],
  ])('%s', (query, condition) => expect(events(query)).toEqual(condition))

  test('a network keeps its bounds', () => {
    expect(events('ip:10.0.0.0/8')).toMatchObject({ kind: 'within', field: 'ip', range: { text: '10.0.0.0/8' } })
  })

  test('several values are one OR, a minus is NOT', () => {
    expect(events('-user:alice,bob')).toEqual({
      kind: 'not',
      condition: {
        kind: 'or',
        conditions: [
          { kind: 'equals', field: 'user', value: 'alice' },
          { kind: 'equals', field: 'user', value: 'bob' },
        ],
      },
    })
  })

  test('a range of numbers is two comparisons', () => {
    expect(sessions('calls:[10 TO 20}')).toEqual({
      kind: 'and',
      conditions: [
        { kind: 'compare', field: 'calls', comparison: '>=', value: 10 },
        { kind: 'compare', field: 'calls', comparison: '<', value: 20 },
      ],
    })
  })

  test('the states of a session are those of sessionStatus()', () => {
    const live = { kind: 'ended', ended: false }
    const [active, recent] = [nowMs - 5 * 60_000 + 1, nowMs - hourMs + 1]
    const used = (fromMs: number | null, untilMs: number | null) => ({
      kind: 'and',
      conditions: [live, { kind: 'time', fromMs, untilMs }],
    })
    expect(sessions('state:live')).toEqual(live)
    expect(sessions('state:ended')).toEqual({ kind: 'ended', ended: true })
    expect(sessions('state:active')).toEqual(used(active, null))
    expect(sessions('state:recent')).toEqual(used(recent, active))
    expect(sessions('state:idle')).toEqual(used(null, recent))
  })
})

describe('what is refused, with a way out', () => {
  test.each([
    ['usr:alice', 'did you mean "user"?'],
    ['useragent:x', 'did you mean "user_agent"?'],
    ['resouce:x', 'did you mean "resource"?'],
    ['http://example.com', 'goes in quotes'],
    ['qqqqqqqq:x', 'the fields are user, ip,'],
    ['category:warn', 'Did you mean "warning"?'],
    ['category:cr*', 'one of info, warning, critical'],
    ['ip:alice', '10.0.0.0/8'],
    ['ip:10.0.0.0/33', '"10.0.0.0/33" is no address'],
    ['user:>alice', 'has no order'],
    ['user:[a TO b]', 'has no order'],
    ['last:yesterday', 'last:24h'],
    ['last:>24h', '"at" takes comparisons'],
    ['after:[1h TO 2h]', '"at" takes comparisons'],
    ['at:2026-02-30', '"2026-02-30" is no time'],
    ['duration:slow', '"duration" is a number'],
    ['duration:1e9', '"duration" is a number'],
    ['agent:""', 'nothing between these quotes'],
    ['""', 'nothing between these quotes'],
    ['a*b*c*d*e*f*g*h*i*j', 'more than 8 wildcards'],
    ['__proto__:x', 'there is no field "__proto__"'],
    ['constructor:x', 'there is no field "constructor"'],
  ])('%s', (query, words) => expect(refusal(() => events(query))).toContain(words))

  test('a field of sessions is none of events', () => {
    expect(refusal(() => events('calls:>5'))).toContain('there is no field "calls"')
    expect(refusal(() => sessions('state:*'))).toContain('live, active, recent, idle, ended')
  })
})
