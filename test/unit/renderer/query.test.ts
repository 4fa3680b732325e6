import { describe, expect, test } from 'vitest'
import { parseQuery } from '../../../src/main/engine/search/parse.ts'
import { applyCompletion, completionsAt } from '../../../src/renderer/query/completion.ts'
import { addTerm, excludeTerm, joinTerm, namesTime, quoteValue, splitTerms } from '../../../src/renderer/query/terms.ts'
import { boundsOf, formatRange, parseRange, withRange } from '../../../src/renderer/query/time-range.ts'
import { eventQueryFields, sessionQueryFields } from '../../../src/shared/model/query-fields.ts'

const texts = (query: string) => splitTerms(query).map(({ text }) => text)

describe('terms', () => {
  test('split at blanks outside quotes', () => {
    expect(texts('user:alice  agent:"Mozilla 5.0" "free text"')).toEqual([
      'user:alice',
      'agent:"Mozilla 5.0"',
      '"free text"',
    ])
    expect(texts('agent:"never closed and on')).toEqual(['agent:"never closed and on'])
    expect(texts('a:"x \\" y" b')).toEqual(['a:"x \\" y"', 'b'])
  })

  test('adding narrows once, and takes the place of its own exclusion', () => {
    expect(addTerm('', 'user', 'alice')).toBe('user:alice')
    expect(addTerm('country:DE', 'user', 'alice')).toBe('country:DE user:alice')
    expect(addTerm('user:alice country:DE', 'user', 'alice')).toBe('country:DE user:alice')
    expect(addTerm('-user:alice', 'user', 'alice')).toBe('user:alice')
    expect(excludeTerm('user:alice x', 'user', 'alice')).toBe('x -user:alice')
  })

  test('alternatives are held together before something is added to all of them', () => {
    expect(addTerm('user:a OR user:b', 'country', 'DE')).toBe('(user:a OR user:b) country:DE')
    expect(addTerm('(user:a OR user:b) country:DE', 'country', 'DE')).toBe('(user:a OR user:b) country:DE')
    expect(joinTerm('"this OR that"', 'user:a')).toBe('"this OR that" user:a')
  })

  test('values that the language would read otherwise go in quotes', () => {
    expect(quoteValue('alice')).toBe('alice')
    expect(quoteValue('2001:db8::1')).toBe('"2001:db8::1"')
    expect(quoteValue('a"b\\c')).toBe('"a\\"b\\\\c"')
    expect(quoteValue('al*')).toBe('"al*"')
    expect(quoteValue('-x')).toBe('"-x"')
  })

  test.each(['alice', 'a b', '-x', 'al*?', 'a"b\\c', '2001:db8::1', 'OR', '(x)', 'x,y', '>5', 'ünï', '\\'])(
    'the engine reads the value %j back as it was',
    (value) => {
      expect(parseQuery(addTerm('', 'user', value))).toMatchObject({ kind: 'field', values: [{ text: value }] })
    },
  )
})

describe('completion', () => {
  const labels = (query: string, caret = query.length) =>
    completionsAt(query, caret, sessionQueryFields).map(({ label }) => label)

  test('offers fields by their beginning, and keeps the minus', () => {
    expect(labels('co')).toEqual(['country:'])
    expect(labels('x -us')).toEqual(['-user:'])
    expect(labels('user:alice ')).toContain('ip:')
  })

  test('offers the values of a field that has few', () => {
    expect(labels('state:')).toEqual(['state:live', 'state:active', 'state:recent', 'state:idle', 'state:ended'])
    expect(labels('state:i')).toEqual(['state:idle'])
    expect(labels('user:')).toEqual([])
  })

  test('replaces the word at the caret and nothing else', () => {
    const [first] = completionsAt('stat user:alice', 4, sessionQueryFields)
    if (first === undefined) throw new Error('nothing was offered')
    expect(applyCompletion('stat user:alice', first)).toEqual({ query: 'state: user:alice', caret: 6 })
  })

  test('a value leaves one blank behind it', () => {
    const [only] = completionsAt('state:id x', 8, sessionQueryFields)
    if (only === undefined) throw new Error('nothing was offered')
    expect(applyCompletion('state:id x', only)).toEqual({ query: 'state:idle x', caret: 11 })
  })

  test('knows event types', () => {
    expect(completionsAt('type:fail', 9, eventQueryFields).map(({ label }) => label)).toEqual(['type:failed_login'])
  })
})

describe('time range', () => {
  const nowMs = Date.UTC(2026, 6, 28, 12)

  test('goes into a link and comes back', () => {
    for (const text of ['any', '15m', '7d', '1753700000000-1753703600000']) {
      expect(formatRange(parseRange(text) ?? { kind: 'any' })).toBe(text)
    }
    for (const text of ['', '15', '15y', '5-3', 'x-y']) expect(parseRange(text)).toBeNull()
  })

  test('has bounds, but for all time', () => {
    expect(boundsOf({ kind: 'last', span: '15m' }, nowMs)).toEqual({ fromMs: nowMs - 900_000, toMs: nowMs })
    expect(boundsOf({ kind: 'any' }, nowMs)).toBeNull()
  })

  test('is added to a query that names no time itself', () => {
    expect(withRange('', { kind: 'last', span: '24h' })).toBe('last:24h')
    expect(withRange('user:a OR user:b', { kind: 'last', span: '24h' })).toBe('(user:a OR user:b) last:24h')
    expect(withRange('user:a', { kind: 'any' })).toBe('user:a')
    for (const query of ['last:1h', 'user:a -after:2026-07-01', '(since:1h x)', 'at:2026-07-28']) {
      expect(namesTime(query)).toBe(true)
      expect(withRange(query, { kind: 'last', span: '24h' })).toBe(query)
    }
    expect(namesTime('"last:1h"')).toBe(false)
  })

  test('between two moments is read by the engine as both of them', () => {
    const query = withRange('user:a', { kind: 'between', fromMs: nowMs, toMs: nowMs + 1_000 })
    expect(query).toBe('user:a after:"2026-07-28T12:00:00.000Z" before:"2026-07-28T12:00:01.000Z"')
    expect(parseQuery(query)).toMatchObject({
      kind: 'and',
      nodes: [{ name: 'user' }, { name: 'after' }, { name: 'before' }],
    })
  })
})
