import { expect, test } from 'vitest'
import { formatCursor, parseCursor } from '../../../src/main/engine/cursor.ts'
import { SearchInput } from '../../../src/shared/model/page.ts'

test.each([
  { timeMs: 1_700_000_000_000, id: 'batch:12' },
  { timeMs: -62_135_596_800_000, id: 'line\nbreak "quotes" 日本' },
  { timeMs: 0, id: 'x'.repeat(512) },
])('a position comes back as it went', (position) => {
  expect(parseCursor(formatCursor(position))).toEqual(position)
})

test('the longest id, escaped by nothing, fits into the contract', () => {
  const cursor = formatCursor({ timeMs: -62_135_596_800_000, id: '"'.repeat(1024) })
  expect(SearchInput.parse({ cursor }).cursor).toBe(cursor)
})

test.each(['', 'x', '12', ':a', '1:', '1.5:a', `1:a\0`, '1:\ud800', '1e3:a', '99999999999999999:a'])(
  '%j is no cursor',
  (cursor) => expect(() => parseCursor(cursor)).toThrow('The cursor is none that a search gave'),
)

test('the first page has none', () => expect(parseCursor(null)).toBeNull())
