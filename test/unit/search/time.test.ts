import { describe, expect, test } from 'vitest'
import { parseInterval, parseSpan } from '../../../src/main/engine/search/time.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')

/** Both ends as ISO text. */
function interval(text: string): [string, string] | null {
  const found = parseInterval(text, nowMs)
  return found === null ? null : [new Date(found.fromMs).toISOString(), new Date(found.untilMs).toISOString()]
}

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['0h', 0],
])('%s is a span', (text, ms) => expect(parseSpan(text)).toBe(ms))

test.each(['', '24', 'h', '1.5h', '-1h', '1000000h', '24hours', '24 h', '1M'])('"%s" is no span', (text) =>
  expect(parseSpan(text)).toBeNull(),
)

describe('a time names', () => {
  test.each([
    ['2026', null],
    ['2026-11', ['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z']],
    ['2026-12', ['2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z']],
    ['2026-11-20', ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z']],
    ['2026-11-20T10', ['2026-11-20T10:00:00.000Z', '2026-11-20T11:00:00.000Z']],
    ['2026-11-20 10:30', ['2026-11-20T10:30:00.000Z', '2026-11-20T10:31:00.000Z']],
    ['2026-11-20T10:30:15', ['2026-11-20T10:30:15.000Z', '2026-11-20T10:30:16.000Z']],
    ['2026-11-20T10:30:15.25', ['2026-11-20T10:30:15.250Z', '2026-11-20T10:30:15.251Z']],
    ['2026-11-20T10:30:15.123456Z', ['2026-11-20T10:30:15.123Z', '2026-11-20T10:30:15.124Z']],
    ['2026-11-20T10:30+02:00', ['2026-11-20T08:30:00.000Z', '2026-11-20T08:31:00.000Z']],
    ['2026-11-20T10:30-0530', ['2026-11-20T16:00:00.000Z', '2026-11-20T16:01:00.000Z']],
    ['2h', ['2026-11-20T10:00:00.000Z', '2026-11-20T10:00:00.001Z']],
    ['now', ['2026-11-20T12:00:00.000Z', '2026-11-20T12:00:00.001Z']],
    ['2024-02-29', ['2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z']],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['2026-11-20T24:30', null],
    ['2026-11-20T10:61', null],
    ['yesterday', null],
    ['', null],
  ])('%s', (text, expected) => expect(interval(text)).toEqual(expected))
})
