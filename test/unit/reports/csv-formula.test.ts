import { describe, expect, test } from 'vitest'
import { neutraliseFormula } from '../../../src/main/engine/reports/csv-formula.ts'

describe('what a spreadsheet would run gets an apostrophe', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1+1', "'+1+1"],
    ['-1+cmd', "'-1+cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['   =1', "'   =1"],
    ['\u00a0=1', "'\u00a0=1"],
    ['\u0000\u0001=1', "'\u0000\u0001=1"],
    ['\u200b=1', "'\u200b=1"],
    ['\ufeff=1', "'\ufeff=1"],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    ['﹦1', "'﹦1"],
    ['−x', "'−x"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ['\nx', "'\nx"],
    [' \tx', "' \tx"],
    ['Mozilla;=cmd|x', "Mozilla;'=cmd|x"],
    ['a; "=1', `a;' "=1`],
    ['two\n=1', "two\n'=1"],
    ['a\t@x', "a\t'@x"],
  ])('%j', (text, safe) => expect(neutraliseFormula(text)).toBe(safe))
})

describe('anything else stays as it is', () => {
  test.each([
    '',
    'alice',
    'a=b',
    'a-b',
    'a@b.c',
    '-5',
    '+49.5',
    '0',
    "'=1",
    'Mozilla/5.0 (X11; Linux x86_64)',
    '"=1"',
    'x\ty',
    '日本',
  ])('%j', (text) => expect(neutraliseFormula(text)).toBe(text))
})

test('takes time in proportion to the text', () => {
  const hostile = [' '.repeat(100_000), '; '.repeat(50_000), `;${' '.repeat(100_000)}`, '\t'.repeat(100_000)]
  for (const text of hostile) expect(neutraliseFormula(`${text}x`)).toContain('x')
})
