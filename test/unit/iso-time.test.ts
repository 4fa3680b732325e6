import { describe, expect, it } from 'vitest'
import { isoTime, parseIsoTime } from '../../src/main/engine/iso-time.ts'

it.each([
  0,
  1,
  -1,
  -60_000,
  1_763_632_859_999,
  1_763_632_860_000,
  Date.parse('0001-01-01T00:00:00.007Z'),
  253_402_214_400_000,
])('is toISOString for %d and the times around it', (ms) => {
  for (const step of [0, 1, -1, 59_999, 60_000, -86_400_000]) {
    expect(isoTime(new Date(ms + step))).toBe(new Date(ms + step).toISOString())
  }
})

it('refuses what is no time, as toISOString does', () => {
  isoTime(new Date(0))
  expect(() => isoTime(new Date(Number.NaN))).toThrow(RangeError)
})

it('forgets minutes, not what they were', () => {
  for (let minute = 0; minute < 1_000; minute++) {
    const time = new Date(1_763_632_800_000 + minute * 60_000 + minute)
    expect(isoTime(time)).toBe(time.toISOString())
  }
  expect(isoTime(new Date(1_763_632_800_000))).toBe('2025-11-20T10:00:00.000Z')
})

describe('parseIsoTime', () => {
  it.each([
    '2026-03-01T12:34:56.789Z',
    '2026-03-01T12:34:00.000Z',
    '2024-02-29T23:59:59.999Z',
    '2026-02-30T00:00:01.002Z',
    '2026-13-01T00:00:00.000Z',
    '2026-00-10T10:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ])('%s is what Date.parse says, met before or not', (text) => {
    expect([parseIsoTime(text), parseIsoTime(text)]).toEqual([Date.parse(text), Date.parse(text)])
  })

  it.each(['2026-03-01T24:00:00.000Z', '2026-03-01T12:34:60.000Z', '2026-03-01T12:34:56Z', '2026-03-01', 'x'])(
    '%s is of another form',
    (text) => expect(parseIsoTime(text)).toBeNull(),
  )
})
