import { parseObject } from '../../json-values.ts'
import { blankSession } from './fields.ts'
import { headOf, keyspace, type StoreKind } from './keyspace.ts'
import { opaqueRevocation, opaqueSession } from './opaque.ts'
import type { Profile, SessionValue } from './types.ts'

/** SessionBase creates 32 characters of [a-z0-9]. */
const sessionKey = /^[a-z0-9]{32}$/

/** Pickle by default; a cache that is set to JSON (django-redis) names the user. */
function decode(bytes: Buffer): SessionValue {
  const parsed = bytes[0] === 0x7b ? parseObject(bytes) : { refusal: 'no JSON' }
  if (!('object' in parsed)) return opaqueSession(bytes)
  const session = blankSession()
  // The hash of the password hash is no session data; what is named so is redacted where it is kept.
  const { _auth_user_id: userId, _auth_user_hash: _, ...fields } = parsed.object
  if (typeof userId === 'string' || typeof userId === 'number') session.userId = String(userId)
  session.extra.push(...Object.entries(fields))
  return session
}

const backend = (name: string, mark: string, ...doesNotEnd: string[]): StoreKind => {
  const profile: Profile = {
    name,
    type: 'string',
    revocation: opaqueRevocation('The key is deleted in Redis.', ...doesNotEnd),
    decode,
  }
  return {
    profiles: [profile],
    // `<KEY_PREFIX>:<version>:`, by default `:1:`, then the name of the backend's module and the session key.
    prefixIn: (key) => headOf(key, mark, sessionKey),
    at: (prefix) => keyspace(prefix, [profile]),
  }
}

/** `:1:django.contrib.sessions.cache<key>`: sessions that are in the cache alone. */
export const djangoCache = backend('django-cache', 'django.contrib.sessions.cache')

/** `:1:django.contrib.sessions.cached_db<key>`: the cache before the database. */
export const djangoCachedDb = backend(
  'django-cached-db',
  'django.contrib.sessions.cached_db',
  'The row in the database of the application (django_session): with it the next request brings the session back. Delete it there, too.',
)
