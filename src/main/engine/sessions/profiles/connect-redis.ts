import { isEntries, parseObject } from '../../json-values.ts'
import { address, blankSession, callCount, flag, lastActive, text, type FieldReader } from './fields.ts'
import type { Profile, ReadFacts } from './types.ts'
import { findUser } from './user-paths.ts'

const userAgent = text('userAgent')

/** What applications commonly put beside the cookie. The first of two names for one thing counts. */
const readers: ReadonlyMap<string, FieldReader> = new Map([
  ['ip_address', address],
  ['ipAddress', address],
  ['ip', address],
  ['user_agent', userAgent],
  ['userAgent', userAgent],
  ['country', text('country')],
  ['last_active', lastActive],
  ['lastActive', lastActive],
  ['api_call_count', callCount],
  ['apiCallCount', callCount],
  ['is_active', flag('isActive')],
  ['force_logout', flag('forceLogout')],
])

/** `sess:<id>`: what express-session stores through connect-redis, as JSON. */
export const connectRedis: Profile = {
  name: 'connect-redis',
  type: 'string',
  revocation: {
    how: 'The key is deleted in Redis; the next request with that cookie gets a new, empty session.',
    publishesForceLogout: false,
    doesNotEnd: [
      'A request that is under way saves its session again when it ends: the guard removes it again.',
      'Access tokens that were signed for the session stay valid until they expire.',
    ],
  },
  decode(bytes, facts) {
    const parsed = parseObject(bytes)
    if ('refusal' in parsed) return parsed
    const { cookie, ...fields } = parsed.object
    if (!isEntries(cookie)) return { refusal: 'no cookie: expected an object of express-session with its cookie' }
    const session = blankSession()
    const user = findUser(fields)
    session.userId = user?.id ?? null
    const seen = new Set<FieldReader>()
    for (const [name, value] of Object.entries(fields)) {
      const read = readers.get(name)
      if (name === user?.consumes || value === null) continue
      if (read === undefined || seen.has(read)) session.extra.push([name, value])
      else {
        seen.add(read)
        read(session, value, name, facts)
      }
    }
    const touched = touchedAt(cookie, facts)
    if (touched !== null && (session.lastActive === null || touched > session.lastActive)) session.lastActive = touched
    return session
  },
}

/**
 * When the session was last touched. Each request sets the key to expire `originalMaxAge` later (EXPIRE, which leaves
 * the JSON as it was), so the key's expiry tells. A cookie without that age, or one whose store sets another, does not.
 */
function touchedAt(cookie: Record<string, unknown>, facts: ReadFacts): Date | null {
  const maxAgeMs = cookie['originalMaxAge']
  if (typeof maxAgeMs !== 'number' || !(maxAgeMs > 0) || facts.keyExpiresAtMs === null) return null
  const atMs = facts.keyExpiresAtMs - maxAgeMs
  // connect-redis rounds the expiry up to a second.
  if (atMs > facts.nowMs + 1_000 || atMs < facts.nowMs - maxAgeMs) return null
  return new Date(Math.min(atMs, facts.nowMs))
}
