import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../../src/main/engine/watch/rules/condition.ts'
import { bareEnvironment } from '../../../src/main/engine/watch/rules/environment.ts'
import { compileGlob } from '../../../src/main/engine/watch/rules/glob.ts'
import { allOf, anyOf, not, type Predicate } from '../../../src/main/engine/watch/rules/predicate.ts'
import { compileSelection } from '../../../src/main/engine/watch/rules/selection.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import { failure } from './support.ts'

const event = (facts: Partial<AuditEvent> = {}) => failure(0, facts)
const selects = (selection: unknown, facts: Partial<AuditEvent> = {}) =>
  compileSelection(selection, [], bareEnvironment).test(event(facts))

describe('a value', () => {
  test.each<[selection: object, facts: Partial<AuditEvent>, result: boolean]>([
    [{ user_id: 'ALICE' }, { userId: 'alice' }, true],
    [{ 'user_id|cased': 'ALICE' }, { userId: 'alice' }, false],
    [{ user_id: 'ali' }, { userId: 'alice' }, false],
    [{ user_id: 'al*' }, { userId: 'alice' }, true],
    [{ user_id: 'al?ce' }, { userId: 'alice' }, true],
    [{ user_id: 'al?ce' }, { userId: 'alce' }, false],
    [{ user_id: ['bob', 'alice'] }, { userId: 'alice' }, true],
    [{ user_id: ['bob', 'carol'] }, { userId: 'alice' }, false],
    [{ user_id: null }, { userId: null }, true],
    [{ user_id: null }, { userId: 'alice' }, false],
    [{ user_id: '' }, { userId: '' }, true],
    [{ user_id: '*' }, { userId: null }, false],
    [{ user_id: 'null' }, { userId: null }, false],
    [{ 'user_agent|contains': 'CURL' }, { userAgent: 'like curl/8' }, true],
    [{ 'user_agent|contains': ['wget', 'curl'] }, { userAgent: 'curl/8' }, true],
    [{ 'user_agent|contains|all': ['curl', '8'] }, { userAgent: 'curl/8' }, true],
    [{ 'user_agent|contains|all': ['curl', '9'] }, { userAgent: 'curl/8' }, false],
    [{ 'user_agent|startswith': 'curl' }, { userAgent: 'curl/8' }, true],
    [{ 'user_agent|startswith': 'curl' }, { userAgent: 'a curl' }, false],
    [{ 'user_agent|startswith|cased': 'Curl' }, { userAgent: 'curl/8' }, false],
    [{ 'user_agent|startswith': 'c?rl/*b' }, { userAgent: 'curl/8 b and more' }, true],
    [{ 'user_agent|endswith': '/8' }, { userAgent: 'curl/8' }, true],
    [{ 'user_agent|endswith': 'curl' }, { userAgent: 'curl/8' }, false],
    [{ 'ip_address|cidr': '10.0.0.0/8' }, { ipAddress: '10.255.0.1' }, true],
    [{ 'ip_address|cidr': '10.0.0.0/8' }, { ipAddress: '11.0.0.1' }, false],
    [{ 'ip_address|cidr': ['192.168.0.0/16', '2001:db8::/32'] }, { ipAddress: '2001:db8::1' }, true],
    [{ 'ip_address|cidr': '0.0.0.0/0' }, { ipAddress: 'unknown' }, false],
    [{ 'country|exists': true }, { country: 'DE' }, true],
    [{ 'country|exists': false }, { country: 'DE' }, false],
    [{ 'country|exists': false }, { country: null }, true],
    [{ 'duration_ms|gt': 100 }, { durationMs: 100 }, false],
    [{ 'duration_ms|gte': 100 }, { durationMs: 100 }, true],
    [{ 'duration_ms|lt': 100 }, { durationMs: 99.5 }, true],
    [{ 'duration_ms|lte': 100 }, { durationMs: 101 }, false],
    [{ 'duration_ms|lt': 100 }, { durationMs: null }, false],
    [{ duration_ms: 100 }, { durationMs: 100 }, true],
    [{ 'metadata.attempts|gte': 3 }, { metadata: { attempts: '3' } }, true],
    [{ 'metadata.attempts': 3 }, { metadata: { attempts: true } }, false],
    [{ 'metadata.device.os': 'ios' }, { metadata: { device: { os: 'iOS' } } }, true],
    [{ 'metadata.constructor|exists': true }, { metadata: {} }, false],
    [{ is_active: true }, { isActive: true }, true],
    [{ is_active: true }, { isActive: false }, false],
    [{ event_type: 'failed_login', user_id: 'alice' }, {}, true],
    [{ event_type: 'failed_login', user_id: 'bob' }, {}, false],
    [[{ user_id: 'bob' }, { event_type: 'failed_login' }], {}, true],
    [[{ user_id: 'bob' }, { event_type: 'login' }], {}, false],
  ])('%j on %j: %j', (selection, facts, result) => {
    expect(selects(selection, facts)).toBe(result)
  })

  test.each<[selection: unknown, message: string]>([
    [{ 'user_id|contains|startswith': 'a' }, 'contains and startswith cannot be combined'],
    [{ 'user_id|contains|contains': 'a' }, 'a modifier is written twice'],
    [{ 'user_id|cased|cased': 'a' }, 'a modifier is written twice'],
    [{ user_id: ['a', null] }, 'null cannot stand in a list'],
    [{ 'user_id|expand': '%a%' }, 'expand is not supported'],
    [{ user_id: 2 ** 60 }, 'a number as large as this is not exact'],
    [{ 'user_id|re|contains': 'a' }, 'contains does not go with re'],
    [{ 'user_id|windash|base64': 'a' }, 'windash does not go with base64'],
    [{ 'user_id|base64': 'a*' }, 'what is encoded takes no wildcards'],
    [{ 'user_id|base64|wide': 'a' }, 'base64 does not go with a further encoding'],
    [{ 'created_at|hour|contains': 5 }, 'hour does not go with modifiers of texts'],
    [{ 'created_at|hour': 'five' }, 'hour takes a whole number'],
    [{ 'user_id|fieldref': 'user_name' }, 'there is no field "user_name"'],
    [{ 'user_id|exists|neq': true }, 'neq does not go with exists'],
    [{ 'user_id|gt': null }, 'null goes with no modifier but neq'],
    [{ '|startswith': 'a' }, 'startswith needs a field'],
    [{ 'user_id|contains|all': 'a' }, 'all needs a list of values'],
    [{ 'duration_ms|gt|cased': 1 }, 'cased does not go with gt'],
    [{ 'duration_ms|gt': '1' }, 'gt takes a number'],
    [{ 'user_id|contains': 5 }, 'these modifiers take a text'],
    [{ 'user_id|contains': '' }, 'an empty text is part of any'],
    [{ 'user_id|exists': 'yes' }, 'exists takes true or false'],
    [{ 'ip_address|cidr': '10.0.0.0' }, 'cidr takes a network'],
    [{ 'ip_address|cidr': '10.0.0.0/33' }, 'cidr takes a network'],
    [{ 'ip_address|cidr': 'ten/8' }, 'cidr takes a network'],
    [{ user_id: [] }, 'an empty list matches nothing'],
    [{ user_id: { name: 'a' } }, 'a value is a text, a number, true, false or null'],
    [{ metadata: 'a' }, 'there is no field "metadata"'],
    [[], 'an empty list selects nothing'],
    [[['a']], 'a selection is a map of fields, or a list of maps or of words'],
    [{ '|all': [] }, 'an empty list selects nothing'],
  ])('%j is refused: %s', (selection, message) => {
    expect(() => compileSelection(selection, [], bareEnvironment)).toThrow(message)
  })
})

describe('a wildcard', () => {
  test.each<[pattern: string, text: string, result: boolean]>([
    ['*', '', true],
    ['?', '', false],
    ['a*b*c', 'a--b--b--c', true],
    ['a*b*c', 'a--c--b', false],
    [String.raw`a\*b`, 'a*b', true],
    [String.raw`a\*b`, 'axb', false],
    [String.raw`a\\*b`, String.raw`a\xxb`, true],
    [String.raw`a\\*b`, 'axxb', false],
    [String.raw`a\?`, 'a?', true],
    [String.raw`c:\temp`, String.raw`c:\temp`, true],
    [String.raw`c:\\temp`, String.raw`c:\temp`, true],
    ['?', '🦊', true],
    ['[a-z]+', 'b', false],
    ['line*end', 'line\n\nend', true],
  ])('%s on %s: %j', (pattern, text, result) => {
    expect(compileGlob(pattern)(text)).toBe(result)
  })

  test('cannot be made to hang', () => {
    const fits = compileGlob('*a'.repeat(50) + '*b')
    expect(fits('a'.repeat(8_000))).toBe(false)
  })
})

const predicate = (holds: Predicate['test']): Predicate => ({
  test: holds,
  rest: holds,
  cost: 1,
  types: null,
  columns: [],
  uses: [],
})

describe('a condition', () => {
  const named = new Map(
    ['a', 'b', 'sel_1', 'sel_2', '_c'].map((name): [string, Predicate] => [
      name,
      predicate(({ description }) => description?.includes(`<${name}>`) ?? false),
    ]),
  )
  const holds = (condition: string, names: string[]) =>
    compileCondition(condition, named, { allOf, anyOf, not }, []).test(
      event({ description: names.map((name) => `<${name}>`).join('') }),
    )

  test.each<[condition: string, names: string[], result: boolean]>([
    ['a', ['a'], true],
    ['not a', ['a'], false],
    ['not not a', ['a'], true],
    ['a or b and sel_1', ['a'], true],
    ['(a or b) and sel_1', ['a'], false],
    ['a and not b', ['a'], true],
    ['a and not b', ['a', 'b'], false],
    ['not (a or b)', [], true],
    ['a AND NOT b OR sel_1', ['sel_1'], true],
    ['1 of sel_*', ['sel_2'], true],
    ['any of sel_*', ['sel_2'], true],
    ['all of sel_*', ['sel_2'], false],
    ['all of sel_*', ['sel_1', 'sel_2'], true],
    ['a and 1 of sel_*', ['a', 'sel_1'], true],
    ['not 1 of sel_*', ['a'], true],
    ['1 of them', ['_c'], false],
    ['all of them', ['a', 'b', 'sel_1', 'sel_2'], true],
    ['1 of _*', ['_c'], true],
  ])('%s with %j: %j', (condition, names, result) => {
    expect(holds(condition, names)).toBe(result)
  })

  test.each<[condition: string, reason: string]>([
    ['', 'it ends too early'],
    ['a and', 'it ends too early'],
    ['(a', 'a closing parenthesis is missing'],
    ['a b', '"b" is not expected here'],
    ['A', 'there is no selection "A"'],
    ['2 of sel_*', '"2 of" is not supported'],
    ['1 of x*', 'no selection is called "x*"'],
    ['all of', '"of" needs a name'],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 'it is nested deeper than 50'],
    [`${'not '.repeat(60)}a`, 'it is nested deeper than 50'],
  ])('%s is refused: %s', (condition, reason) => {
    expect(() => holds(condition, [])).toThrow(reason)
  })
})
