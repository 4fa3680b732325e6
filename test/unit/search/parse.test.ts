import { describe, expect, test } from 'vitest'
import { parseQuery } from '../../../src/main/engine/search/parse.ts'
import type { SyntaxNode } from '../../../src/main/engine/search/syntax-tree.ts'
import { GatehouseError } from '../../../src/shared/errors.ts'

/** The tree in one line: enough to see what belongs to what. */
function shown(node: SyntaxNode): string {
  const value = ({ text, quoted }: { text: string; quoted: boolean }) => (quoted ? JSON.stringify(text) : text)
  switch (node.kind) {
    case 'all':
      return '*'
    case 'and':
    case 'or':
      return `(${node.nodes.map(shown).join(node.kind === 'and' ? ' & ' : ' | ')})`
    case 'not':
      return `!${shown(node.node)}`
    case 'text':
      return value(node.value)
    case 'field':
      return `${node.name}${node.comparison}${node.values.map(value).join(',')}`
    case 'range':
      return `${node.name}${node.fromIncluded ? '[' : '{'}${value(node.from)}..${value(node.to)}${node.toIncluded ? ']' : '}'}`
  }
}

const read = (query: string) => shown(parseQuery(query))

/** The place (from 1) and the words of the refusal. */
function refusal(query: string): { position: unknown; message: string } {
  try {
    parseQuery(query)
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'QUERY_SYNTAX') {
      return { position: error.details.position, message: error.message }
    }
    throw error
  }
  throw new Error(`was read: ${query}`)
}

describe('what is read', () => {
  test.each([
    ['', '*'],
    ['  \t ', '*'],
    ['user:alice', 'user=alice'],
    [
      'user:alice ip:10.0.0.0/8 -country:DE type:failed_login last:24h "free text"',
      '(user=alice & ip=10.0.0.0/8 & !country=DE & type=failed_login & last=24h & "free text")',
    ],
    ['a OR b AND c', '(a | (b & c))'],
    ['a b OR c d', '((a & b) | (c & d))'],
    ['(a OR b) c', '((a | b) & c)'],
    ['NOT a', '!a'],
    ['NOT (a OR -b)', '!(a | !b)'],
    ['-(a b)', '!(a & b)'],
    ['--a', '!!a'],
    ['((a))', 'a'],
    ['user:alice,bob', 'user=alice,bob'],
    ['user:"a b",bob', 'user="a b",bob'],
    ['user:(alice OR "b c", d)', 'user=alice,"b c",d'],
    ['calls:>100', 'calls>100'],
    ['calls:<=5', 'calls<=5'],
    ['user:=alice', 'user=alice'],
    ['calls:[1 TO 5]', 'calls[1..5]'],
    ['calls:{1 TO 5]', 'calls{1..5]'],
    ['at:["2026-11-20 10:00" TO now}', 'at["2026-11-20 10:00"..now}'],
    ['at:2026-11-20T10:00:00Z', 'at=2026-11-20T10:00:00Z'],
    ['ip:2001:db8::/32', 'ip=2001:db8::/32'],
    ['fe80::1', 'fe80::1'],
    ['10:30', '10:30'],
    ['user:00123', 'user=00123'],
    ['user:12345678901234567890', 'user=12345678901234567890'],
    ['email:a.b+c@d.com', 'email=a.b+c@d.com'],
    ['agent:Mozilla/5.0', 'agent=Mozilla/5.0'],
    ['resource_id:/api/users', 'resource_id=/api/users'],
    ["user:o'neil", "user=o'neil"],
    ['DOMAIN\\alice', 'DOMAIN\\alice'],
    [String.raw`"say \"hi\" \\ \n"`, String.raw`"say \"hi\" \\ \\n"`],
    ['user:"-5 OR *"', 'user="-5 OR *"'],
    ['日本 "ü"', '(日本 & "ü")'],
    ['ORange ANDy', '(ORange & ANDy)'],
    ['\ud800', '\ufffd'],
  ])('%s', (query, tree) => {
    expect(read(query)).toBe(tree)
  })

  test('values know where they stand', () => {
    expect(parseQuery('-user:alice,"bob"')).toMatchObject({
      node: { at: 1, values: [{ at: 6 }, { at: 12, quoted: true }] },
    })
  })
})

describe('what is refused, with the place and a way out', () => {
  test.each([
    ['user:/a+/', 6, 'use * and ?'],
    ['/(a+)+$/i', 1, 'regular expressions are not searched'],
    ['user: alice', 6, 'user:value'],
    ['user:', 6, 'user:value'],
    ['user:alice,', 12, 'needs a value'],
    ['(a OR b', 1, 'not closed'],
    ['a)', 2, 'closes nothing'],
    ['()', 2, 'nothing stands before'],
    ['a OR', 5, 'where a term should follow'],
    ['a AND', 6, 'where a term should follow'],
    ['OR a', 1, 'OR needs a term on both sides'],
    ['a AND OR b', 7, 'OR needs a term on both sides'],
    ['NOT', 4, 'where a term should follow'],
    ['- a', 1, 'stands alone'],
    ['a or b', 3, 'write OR in capitals'],
    ['"unterminated', 1, 'not closed'],
    [String.raw`"ends in \"`, 1, 'not closed'],
    ['"a"b', 4, 'a blank is missing'],
    ['user:a"b"', 7, 'in quotes as a whole'],
    ['f(x)', 2, 'in quotes as a whole'],
    ['calls:[1 5]', 7, '[10 TO 20]'],
    ['calls:[1 TO 5', 7, '[10 TO 20]'],
    ['calls:[', 7, '[10 TO 20]'],
    ['user:(a b)', 9, 'write OR or a comma'],
    ['user:(a', 6, 'not closed'],
    ['user:()', 7, 'a value is missing'],
    ['a\0b', 2, '\\u0000'],
  ])('%s', (query, position, words) => {
    const refused = refusal(query)
    expect(refused.message).toContain(words)
    expect(refused).toEqual({ position, message: expect.stringMatching(`^Character ${position}: `) })
  })
})

describe('what could hang or overflow is refused', () => {
  test.each([
    ['too long', 'x'.repeat(10_000), 'ends at 2000 characters, this one has 10000'],
    ['brackets', `${'('.repeat(900)}a${')'.repeat(900)}`, 'more than 32 brackets'],
    ['brackets that never close', '('.repeat(2000), 'more than 32 brackets'],
    ['negations', `${'-'.repeat(1999)}a`, 'more than 32 brackets'],
    ['words of negation', `${'NOT '.repeat(499)}a`, 'more than 32 brackets'],
    ['terms', 'a '.repeat(1000), 'more than 100 terms'],
    ['groups, which take liqe exponential time', '(a) '.repeat(500), 'more than 100 terms'],
    ['a list', `user:${'a,'.repeat(900)}a`, 'more than 100 terms'],
    ['a quote full of backslashes', `"${'\\'.repeat(1999)}`, 'not closed'],
    ['an expression to explode on', `/${'(a*)*'.repeat(300)}b/`, 'regular expressions are not searched'],
  ])('%s', (_, query, words) => {
    expect(refusal(query).message).toContain(words)
  })
})
