import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/main/engine/addresses.ts'
import { cleanMetadata, cleanText, parseTime } from '../../src/main/engine/clean.ts'
import { createSessionIds } from '../../src/main/engine/session-ids.ts'

const hash = (id: string) => `hash-of-${id}`

describe('cleanText', () => {
  it('makes NUL visible, mends surrogates, cuts, and notes each', () => {
    const notes: string[] = []
    expect(cleanText('a\0b', 'user_agent', 10, notes)).toBe('a\\u0000b')
    expect(cleanText('x\ud800y', 'user_agent', 10, notes)).toBe('x\ufffdy')
    expect(cleanText('0123456789abc', 'user_agent', 10, notes)).toBe('0123456789')
    expect(notes).toEqual([
      'user_agent: NUL made visible',
      'user_agent: broken surrogates replaced',
      'user_agent: cut from 13 characters',
    ])
  })
})

describe('cleanMetadata', () => {
  it('redacts secrets, hashes session ids, keeps the rest', () => {
    const notes: string[] = []
    const input = {
      password: 'x',
      accessToken: 'y',
      session_id: 's1',
      device: { sid: 's2', os: 'Linux' },
      list: [1, 'two', null],
    }
    expect(cleanMetadata(input, hash, notes)).toEqual({
      password: '[redacted]',
      accessToken: '[redacted]',
      session_id: 'hash-of-s1',
      device: { sid: 'hash-of-s2', os: 'Linux' },
      list: [1, 'two', null],
    })
    expect(notes).toEqual([])
  })

  it('knows session ids by any usual name, alone or in a list', () => {
    const input = {
      oldSessionId: 's1',
      'connect.sid': 's2',
      session_ids: ['s3', 4, { sid: 's5' }],
      sid: '',
      side: 's6',
    }
    expect(cleanMetadata(input, hash, [])).toEqual({
      oldSessionId: 'hash-of-s1',
      'connect.sid': 'hash-of-s2',
      session_ids: ['hash-of-s3', 'hash-of-4', { sid: 'hash-of-s5' }],
      sid: '',
      side: 's6',
    })
  })

  it('shows the settings of a cookie, not its value', () => {
    const input = { cookie: { path: '/', httpOnly: true, token: 'x' }, headers: { cookie: 'sid=1' } }
    const clean = { cookie: { path: '/', httpOnly: true, token: '[redacted]' }, headers: { cookie: '[redacted]' } }
    expect(cleanMetadata(input, hash, [])).toEqual(clean)
  })

  it('keeps __proto__ as data and changes no prototype', () => {
    const clean = cleanMetadata(JSON.parse('{"__proto__":{"admin":true},"a":1}'), hash, [])
    expect(Object.getPrototypeOf(clean)).toBe(Object.prototype)
    expect((clean as { admin?: boolean }).admin).toBeUndefined()
    expect(JSON.stringify(clean)).toBe('{"__proto__":{"admin":true},"a":1}')
  })

  it('bounds depth and size, and says so', () => {
    let deep: Record<string, unknown> = {}
    for (let i = 0; i < 40; i++) deep = { deep }
    const notes: string[] = []
    cleanMetadata(deep, hash, notes)
    expect(notes[0]).toMatch(/nested deeper than 16/)
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, 'x'.repeat(40)]))
    const more: string[] = []
    expect(cleanMetadata(wide, hash, more)).toEqual({})
    expect(more[0]).toMatch(/characters left out/)
  })
})

describe('parseTime', () => {
  it.each([
    ['2026-11-20T10:00:00.123456Z', '2026-11-20T10:00:00.123Z'],
    ['2026-11-20T10:00:00+02:00', '2026-11-20T08:00:00.000Z'],
    ['2026-11-20 10:00:00', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    [1_700_000_000, '2023-11-14T22:13:20.000Z'],
    [1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    ['2099-12-31T23:59:59Z', '2099-12-31T23:59:59.000Z'],
  ])('%s is %s', (value, iso) => expect(parseTime(value)?.toISOString()).toBe(iso))

  it.each(['yesterday', '', '2026-13-45', Number.NaN, 1e20, null, {}, '12'])('%s is no time', (value) =>
    expect(parseTime(value)).toBeNull(),
  )
})

describe('parseAddress', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:443', '203.0.113.9'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['203.0.113.9, 10.0.0.1', '203.0.113.9'],
  ])('%s is %s', (text, address) => expect(parseAddress(text)).toBe(address))

  it.each(['', 'localhost', '999.1.1.1', '1.2.3', '<script>'])('%s is none', (text) =>
    expect(parseAddress(text)).toBeNull(),
  )
})

describe('createSessionIds', () => {
  it('hashes with the store key; a stored form is sought as it is', () => {
    const ids = createSessionIds('hmac', () => Buffer.from('k'.repeat(32)))
    expect(ids.of('abc')).toMatch(/^[0-9a-f]{64}$/)
    expect(ids.sought('abc')).toBe(ids.of('abc'))
    expect(ids.sought(ids.of('abc'))).toBe(ids.of('abc'))
    expect(createSessionIds('plain', () => null).of('abc')).toBe('abc')
  })

  it('refuses to hash before the key is known', () => {
    expect(() => createSessionIds('hmac', () => null).of('abc')).toThrow(/PostgreSQL connection/)
  })
})
