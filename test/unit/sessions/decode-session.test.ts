import { describe, expect, test } from 'vitest'
import { createSessionIds } from '../../../src/main/engine/session-ids.ts'
import { concealId } from '../../../src/main/engine/sessions/conceal.ts'
import { decodeSession } from '../../../src/main/engine/sessions/decode-session.ts'
import { connectRedis } from '../../../src/main/engine/sessions/profiles/connect-redis.ts'
import { plainHash } from '../../../src/main/engine/sessions/profiles/plain-hash.ts'
import { plainJson } from '../../../src/main/engine/sessions/profiles/plain-json.ts'
import type { Profile, RawValue } from '../../../src/main/engine/sessions/profiles/types.ts'

const ids = createSessionIds('hmac', () => Buffer.alloc(32, 7))
const nowMs = Date.parse('2026-11-20T12:00:00Z')
const minute = 60_000

const json = (fields: unknown): RawValue => ({ type: 'string', bytes: Buffer.from(JSON.stringify(fields)) })
const hash = (fields: Record<string, string>): RawValue => ({
  type: 'hash',
  fields: Object.entries(fields).map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const),
})

function decode(profile: Profile, value: RawValue, keyExpiresAtMs: number | null = null, liveId = 'a-live-id') {
  const decoded = decodeSession(profile, liveId, value, { nowMs, keyExpiresAtMs }, ids)
  if ('refusal' in decoded) throw new Error(decoded.refusal)
  return decoded
}

describe('plain sessions', () => {
  test('JSON and hash say the same', () => {
    const fields = {
      session_id: 'a-live-id',
      user_id: 'alice',
      is_active: 'true',
      force_logout: '0',
      ip_address: '::ffff:203.0.113.9',
      user_agent: 'Mozilla',
      country: 'DE',
      last_active: '2026-11-20 11:59:00',
      expires_at: '1795176000',
      api_call_count: '12',
      plan: 'team',
    }
    const { facts: fromJson } = decode(plainJson, json(fields))
    const { facts: fromHash } = decode(plainHash, hash(fields))
    expect(fromHash).toEqual({ ...fromJson, profile: 'plain-hash' })
    expect(fromJson).toEqual({
      sessionId: ids.of('a-live-id'),
      userId: 'alice',
      profile: 'plain-json',
      isActive: true,
      forceLogout: false,
      ipAddress: '203.0.113.9',
      userAgent: 'Mozilla',
      country: 'DE',
      lastActive: new Date('2026-11-20T11:59:00Z'),
      expiresAt: new Date('2026-11-20T12:00:00Z'),
      apiCallCount: 12,
      metadata: { plan: 'team' },
    })
  })

  test('empty texts of a hash mean "none"', () => {
    const empty = hash({
      user_id: '',
      is_active: '',
      ip_address: '',
      last_active: '',
      expires_at: '',
      api_call_count: '',
    })
    const { facts, notes } = decode(plainHash, empty)
    expect(facts).toMatchObject({ userId: null, isActive: true, ipAddress: null, lastActive: null, apiCallCount: 0 })
    expect(notes).toEqual([])
  })

  test('a value of another type than the profile reads is refused', () => {
    expect(() => decode(plainJson, hash({ user_id: 'a' }))).toThrow('expected a string')
  })
})

describe('sessions of express-session', () => {
  const profile = connectRedis
  const lastActiveOf = (cookie: object, leftMs: number | null, fields = {}) =>
    decode(profile, json({ cookie, ...fields }), leftMs === null ? null : nowMs + leftMs).facts.lastActive

  test('the last touch follows from what is left of the time to live', () => {
    expect(lastActiveOf({ originalMaxAge: 30 * minute }, 20 * minute)).toEqual(new Date(nowMs - 10 * minute))
  })

  test('which is rounded up to a second, and never in the future', () => {
    expect(lastActiveOf({ originalMaxAge: 30 * minute }, 30 * minute + 900)).toEqual(new Date(nowMs))
  })

  test.each([
    ['no age in the cookie', { originalMaxAge: null }, minute],
    ['a key that does not expire', { originalMaxAge: minute }, null],
    ['a store with a longer time of its own', { originalMaxAge: minute }, 24 * 60 * minute],
    ['an age that is none', { originalMaxAge: 'x' }, minute],
    ['a negative age', { originalMaxAge: -5 }, minute],
  ])('it is not guessed from %s', (_name, cookie, leftMs) => {
    expect(lastActiveOf(cookie, leftMs)).toBeNull()
  })

  test('a time that the application keeps counts if it is later', () => {
    const at = (ms: number) => ({ last_active: new Date(ms).toISOString() })
    expect(lastActiveOf({ originalMaxAge: 30 * minute }, 20 * minute, at(nowMs - minute))).toEqual(
      new Date(nowMs - minute),
    )
    expect(lastActiveOf({ originalMaxAge: 30 * minute }, 20 * minute, at(nowMs - 20 * minute))).toEqual(
      new Date(nowMs - 10 * minute),
    )
  })

  test('of two names for one thing the first counts, the other is metadata', () => {
    const { facts } = decode(
      profile,
      json({ cookie: {}, ip: '10.0.0.1', ipAddress: '10.0.0.2', userId: 'u', user: {} }),
    )
    expect(facts).toMatchObject({ ipAddress: '10.0.0.1', userId: 'u', metadata: { ipAddress: '10.0.0.2', user: {} } })
  })
})

describe('the live session id', () => {
  test('is nowhere in what is stored', () => {
    const liveId = 'secret-live-session-id'
    const value = json({
      user_id: `user of ${liveId}`,
      user_agent: liveId,
      country: liveId,
      link: `https://app/?s=${liveId}`,
      [liveId]: { [`x-${liveId}`]: [liveId] },
      ip_address: liveId,
    })
    const { facts } = decode(plainJson, value, null, liveId)
    expect(JSON.stringify(facts)).not.toContain(liveId)
    expect(facts.metadata).toMatchObject({ link: `https://app/?s=${ids.of(liveId)}` })
  })

  test('is not replaced where it is too short to be a credential', () => {
    expect(concealId({ text: 'alice' }, 'a', 'HASH')).toEqual({ text: 'alice' })
    expect(concealId({ text: 'in id-12345 out', n: 1, none: null }, 'id-12345', 'HASH')).toEqual({
      text: 'in HASH out',
      n: 1,
      none: null,
    })
  })
})
