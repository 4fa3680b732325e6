import { isEntries, parseObject } from '../../json-values.ts'
import { address, blankSession, expiresAt, lastActive, text, type FieldReader } from './fields.ts'
import { keyspace, type StoreKind } from './keyspace.ts'
import type { Profile, RawValue } from './types.ts'

/** As @better-auth/redis-storage sets it. */
const betterAuthPrefix = 'better-auth:'
const listOfUser = 'active-sessions-'
/** better-auth's generateId(32). */
const token = /^[A-Za-z0-9]{32}$/

const readers: ReadonlyMap<string, FieldReader> = new Map([
  ['userId', text('userId')],
  ['ipAddress', address],
  ['userAgent', text('userAgent')],
  ['updatedAt', lastActive],
  ['expiresAt', expiresAt],
])

const betterAuth: Profile = {
  name: 'better-auth',
  type: 'string',
  revocation: {
    how: "The session is taken out of its user's list of active sessions, and its key is deleted in Redis.",
    publishesForceLogout: false,
    doesNotEnd: [
      'A cookie cache (session.cookieCache) answers for the session until it is too old.',
      'The row in the database of the application, if sessions are stored there too (storeSessionInDatabase): with it the next request brings the session back. Delete it there, too.',
      'A request that is under way and refreshes the session saves it again: the guard removes it again.',
    ],
    steps({ prefix, liveId, value }) {
      const userId = userIdOf(value)
      if (userId === null) return []
      return [{ act: 'removeEntries', key: `${prefix}${listOfUser}${userId}`, field: 'token', value: liveId }]
    },
  },
  decode(bytes, facts) {
    const parsed = parseObject(bytes)
    if ('refusal' in parsed) return parsed
    const { session: fields, ...others } = parsed.object
    if (!isEntries(fields)) return { refusal: 'no session: expected an object with session and user' }
    const session = blankSession()
    for (const [name, value] of Object.entries(fields)) {
      const read = readers.get(name)
      if (read === undefined) session.extra.push([name, value])
      else if (value !== null) read(session, value, name, facts)
    }
    session.extra.push(...Object.entries(others))
    return session
  },
}

function userIdOf(value: RawValue): string | null {
  const parsed = value.type === 'string' ? parseObject(value.bytes) : null
  const session = parsed !== null && 'object' in parsed ? parsed.object['session'] : null
  const userId = isEntries(session) ? session['userId'] : null
  return typeof userId === 'string' || typeof userId === 'number' ? String(userId) : null
}

/** `better-auth:<token>`: better-auth with Redis as its secondary storage; other things of it lie beside the sessions. */
export const betterAuthStorage: StoreKind = {
  profiles: [betterAuth],
  prefixIn: (key) => (key.startsWith(betterAuthPrefix) ? betterAuthPrefix : null),
  at: (prefix) => ({
    ...keyspace(prefix, [betterAuth]),
    liveIdIn: (rest) => (token.test(rest) ? rest : null),
    sideKindOf(rest) {
      if (rest.startsWith(listOfUser)) return "users' lists of sessions"
      return rest.startsWith('verification:') ? 'verifications' : 'rate limits and others'
    },
  }),
}
