import { describe, expect, test } from 'vitest'
import { digestFrom } from '../../../src/main/engine/sessions/digest.ts'
import { KnownSessions } from '../../../src/main/engine/sessions/known-sessions.ts'
import type { RedisKey } from '../../../src/shared/model/ids.ts'

const key = (n: number) => `session:${n}` as RedisKey
const digest = (n: number) => {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(n, 12)
  return digestFrom(bytes)
}
const session = (n: number, facts: { expiresAtMs?: number; lastActiveMs?: number; hash?: boolean } = {}) => ({
  digest: digest(n),
  expiresAtMs: facts.expiresAtMs ?? 1_000_000,
  hash: facts.hash ?? false,
  session: { lastActiveMs: facts.lastActiveMs ?? 0 },
})

describe('KnownSessions', () => {
  test('recognises what it was given, to the last byte of the digest', () => {
    const known = new KnownSessions()
    for (let n = 0; n < 5_000; n++) known.put(key(n), session(n), 1)
    for (let n = 0; n < 5_000; n++) {
      expect(known.compare(key(n), digest(n), 1_000_000, 2)).toBe('same session')
      expect(known.compare(key(n), digest(n + 1), 1_000_000, 3)).toBe('changed')
    }
    expect(known.compare(key(7), digest(7), 1_000_000, 2)).toBe('repeated')
    expect(known.compare(key(-1), digest(7), 1_000_000, 2)).toBe('unknown')
  })

  test('a key that was asked for is compared as often as it is named, and is not taken for scanned', () => {
    const known = new KnownSessions()
    known.put(key(1), session(1), 1)
    known.put(key(2), session(2), 1)
    expect(known.compare(key(1), digest(9), 1_000_000, null)).toBe('changed')
    expect(known.compare(key(1), digest(1), 1_000_000, null)).toBe('same session')
    expect(known.compare(key(2), digest(2), 1_000_000, 2)).toBe('same session')
    expect(known.notSeenIn(2)).toEqual([key(1)])
    expect(known.sessionsSeenIn(2)).toBe(1)
  })

  test('tells which keys expired in a stretch of time, and when the next one will', () => {
    const known = new KnownSessions()
    const withKeyExpiry = (n: number, expiresAtMs: number) => {
      const bytes = Buffer.from(digest(n), 'latin1')
      bytes.writeUInt8(1, 0)
      known.put(key(n), { ...session(n, { expiresAtMs }), digest: digestFrom(bytes) }, 1)
    }
    for (const n of [1, 2, 3, 4]) withKeyExpiry(n, n * 1_000)
    // Only its value says when it ends: the key stays.
    known.put(key(5), session(5, { expiresAtMs: 2_500 }), 1)
    expect(known.expiries(-Infinity, 2_000)).toEqual({ expired: [key(1), key(2)], nextMs: 3_000 })
    expect(known.expiries(1_000, 3_000)).toEqual({ expired: [key(2), key(3)], nextMs: 4_000 })
    known.remove(key(4))
    expect(known.expiries(3_000, 3_500)).toEqual({ expired: [], nextMs: Infinity })
  })

  test('takes expiries within two seconds for the same', () => {
    const known = new KnownSessions()
    known.put(key(1), session(1), 1)
    expect(known.compare(key(1), digest(1), 1_001_900, 2)).toBe('same session')
    expect(known.compare(key(1), digest(1), 1_002_100, 3)).toBe('changed')
    expect(known.compare(key(1), digest(1), 997_900, 3)).toBe('changed')
    expect(known.compare(key(1), digest(1), null, 3)).toBe('same session')
  })

  test('a key that never expired and now does has changed', () => {
    const known = new KnownSessions()
    known.put(key(1), session(1, { expiresAtMs: Infinity }), 1)
    expect(known.compare(key(1), digest(1), 1_000_000, 2)).toBe('changed')
  })

  test('lists what a round did not see, and forgets what is removed', () => {
    const known = new KnownSessions()
    for (let n = 0; n < 4; n++) known.put(key(n), session(n), 1)
    known.compare(key(2), digest(2), 1_000_000, 2)
    expect(known.notSeenIn(2)).toEqual([key(0), key(1), key(3)])
    known.remove(key(0))
    known.remove(key(0))
    expect(known.sessions).toBe(3)
    expect(known.has(key(0))).toBe(false)
  })

  test('gives the place of a removed key to another, with nothing left of the first', () => {
    const known = new KnownSessions()
    known.put(key(1), session(1, { hash: true }), 1)
    known.put(key(2), session(2), 1)
    known.remove(key(1))
    expect(known.statusSplit(0)).toEqual({ active: 1, recent: 0, idle: 0 })
    known.put(key(3), { digest: digest(3), expiresAtMs: 5, hash: false, session: null }, 1)
    expect(known.holdsSession(key(3))).toBe(false)
    expect(known.compare(key(3), digest(1), null, 2)).toBe('changed')
    expect(known.compare(key(2), digest(2), 1_000_000, 2)).toBe('same session')
    expect(known.sessions).toBe(1)
  })

  test('a refused value is known but no session; a session whose value is refused stays one', () => {
    const known = new KnownSessions()
    known.putRefused(key(1), digest(1), Infinity, 1)
    expect(known.compare(key(1), digest(1), null, 2)).toBe('same refused value')
    expect([known.has(key(1)), known.holdsSession(key(1)), known.sessions]).toEqual([true, false, 0])
    known.put(key(2), session(2, { lastActiveMs: 10 }), 1)
    expect(known.holdsString(key(2))).toBe(true)
    known.putRefused(key(2), digest(9), Infinity, 2)
    expect([known.holdsSession(key(2)), known.holdsString(key(2)), known.sessions]).toEqual([true, false, 1])
  })

  test('what is distrusted is not recognised', () => {
    const known = new KnownSessions()
    known.put(key(1), session(1), 1)
    known.put(key(2), session(2), 1)
    known.distrust(key(1))
    known.distrust(key(99))
    expect(known.compare(key(1), digest(1), 1_000_000, 2)).toBe('changed')
    expect(known.compare(key(2), digest(2), 1_000_000, 2)).toBe('same session')
  })

  test('splits sessions by the age of their activity', () => {
    const known = new KnownSessions()
    const minute = 60_000
    const at = 100 * minute
    for (const [n, ago] of [1, 4, 5, 59, 60, 90].entries()) {
      known.put(key(n), session(n, { lastActiveMs: at - ago * minute }), 1)
    }
    known.putRefused(key(50), digest(50), Infinity, 1)
    expect(known.statusSplit(at)).toEqual({ active: 2, recent: 2, idle: 2 })
  })
})
