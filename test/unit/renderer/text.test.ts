import { describe, expect, test } from 'vitest'
import { shortAgent } from '../../../src/renderer/text/agent.ts'
import { csvCell, toCsv } from '../../../src/renderer/text/csv.ts'
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatLatency,
  formatMoment,
  formatRate,
  formatShort,
  shortId,
} from '../../../src/renderer/text/format.ts'
import { parseDateTime } from '../../../src/renderer/text/parse-time.ts'

const at = new Date(Date.UTC(2026, 6, 28, 14, 3, 27))

describe('numbers', () => {
  test('are grouped, and shortened where there is little room', () => {
    expect([formatCount(1, 'session'), formatCount(2_000, 'session'), formatCount(2, 'entry', 'entries')]).toEqual([
      '1 session',
      '2,000 sessions',
      '2 entries',
    ])
    expect([formatShort(9_999), formatShort(12_345)]).toEqual(['9,999', '12.3K'])
    expect([formatRate(0.24), formatRate(12.6)]).toEqual(['0.2', '13'])
    expect([formatBytes(0), formatBytes(1023), formatBytes(1536), formatBytes(83_000_000)]).toEqual([
      '0 B',
      '1,023 B',
      '1.5 KiB',
      '79.2 MiB',
    ])
  })
})

describe('times', () => {
  test('latencies keep two digits that count', () => {
    expect([0.354, 1.26, 12.4, 999, 1_240].map(formatLatency)).toEqual([
      '0.35 ms',
      '1.3 ms',
      '12 ms',
      '999 ms',
      '1.2 s',
    ])
  })

  test('durations say their two largest units', () => {
    const durations = [0, 999, 1_000, 65_000, 600_000, 601_000, 7_500_000, 90_000_000, -5]
    expect(durations.map(formatDuration)).toEqual([
      '0 ms',
      '999 ms',
      '1 s',
      '1 min 5 s',
      '10 min',
      '10 min',
      '2 h 5 min',
      '1 d 1 h',
      '0 ms',
    ])
  })

  test('ages look back and ahead, without seconds from a minute on', () => {
    const age = (ms: number) => formatAge(at, at.getTime() + ms)
    expect([age(1_000), age(5_000), age(125_000), age(-7_260_000)]).toEqual([
      'now',
      '5 s ago',
      '2 min ago',
      'in 2 h 1 min',
    ])
  })

  test('a moment of today has no date, another day has one', () => {
    expect(formatDateTime(at, 'utc')).toBe('2026-07-28 14:03:27')
    expect(formatMoment(at, 'utc', at.getTime() + 1_000)).toBe('14:03:27')
    expect(formatMoment(at, 'utc', at.getTime() + 86_400_000)).toBe('2026-07-28 14:03:27')
  })

  test('typed times are read on the clock that was chosen', () => {
    expect(parseDateTime('2026-07-28 14:03:27', 'utc')).toBe(at.getTime())
    expect(parseDateTime('2026-07-28', 'utc')).toBe(Date.UTC(2026, 6, 28))
    expect(parseDateTime('2026-07-28T14:03', 'local')).toBe(new Date(2026, 6, 28, 14, 3).getTime())
    for (const text of ['', '2026-02-30', '2026-07-28 25:00', '28.7.2026'])
      expect(parseDateTime(text, 'utc')).toBeNull()
  })
})

test('agents are told in a few words, and unknown ones as they are', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36'
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
  expect(shortAgent(chrome)).toBe('Chrome 128, Windows')
  expect(shortAgent(`${chrome} Edg/128.0.1.2`)).toBe('Edge 128, Windows')
  expect(shortAgent(safari)).toBe('Safari 17, iOS')
  expect(shortAgent('curl/8.5.0')).toBe('curl/8.5.0')
})

test('ids are cut in the middle', () => {
  expect(shortId('0123456789abcdef')).toBe('012345…abcdef')
  expect(shortId('short')).toBe('short')
})

describe('CSV', () => {
  test.each(['=1+1', '+1', '-1', '@x', '\t=1', ' \u0001=1', '＝1', '\r=1'])(
    'a cell that begins like %j is made harmless',
    (text) => {
      expect(csvCell(text).replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )

  test('numbers stay numbers, quotes are doubled, nothing is empty', () => {
    expect([csvCell(-5), csvCell('a"b'), csvCell('a,b'), csvCell(null), csvCell(at), csvCell({ a: 1 })]).toEqual([
      '-5',
      '"a""b"',
      '"a,b"',
      '',
      '2026-07-28T14:03:27.000Z',
      '"{""a"":1}"',
    ])
  })

  test('rows have a header of all their fields', () => {
    expect(toCsv([{ a: 1 }, { a: 2, b: 'x' }])).toBe('a,b\r\n1,\r\n2,x')
  })
})
