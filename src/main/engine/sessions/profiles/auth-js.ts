import { parseObject } from '../../json-values.ts'
import { blankSession, expiresAt, text } from './fields.ts'
import { headOf, keyspace, type StoreKind } from './keyspace.ts'
import type { Profile } from './types.ts'

const mark = 'user:session:'
const byUser = 'by-user-id:'

const authJsUpstash: Profile = {
  name: 'authjs-upstash',
  type: 'string',
  revocation: {
    how: 'The key is deleted in Redis; the next request with that cookie is one of nobody.',
    publishesForceLogout: false,
    doesNotEnd: [
      'A request that is under way extends its session and so saves it again: the guard removes it again.',
      'Access and refresh tokens of the sign-in provider stay valid.',
    ],
  },
  decode(bytes, facts) {
    const parsed = parseObject(bytes)
    if ('refusal' in parsed) return parsed
    const { sessionToken, userId, expires, ...fields } = parsed.object
    if (typeof sessionToken !== 'string' || userId === undefined) {
      return { refusal: 'no sessionToken and userId: expected a session of Auth.js' }
    }
    const session = blankSession()
    if (userId !== null) text('userId')(session, userId, 'userId', facts)
    if (expires !== undefined && expires !== null) expiresAt(session, expires, 'expires', facts)
    session.extra.push(...Object.entries(fields))
    return session
  },
}

/** `user:session:<token>` of Auth.js with its Upstash adapter: JSON without a time to live. */
export const authJs: StoreKind = {
  profiles: [authJsUpstash],
  prefixIn(key) {
    if (key.startsWith(mark)) return mark
    // With a base prefix: then only what ends like a token, a UUID, is taken for a session.
    return headOf(key, mark, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  },
  at: (prefix) => ({
    ...keyspace(prefix, [authJsUpstash]),
    liveIdIn: (rest) => (rest.startsWith(byUser) ? null : rest),
    sideKindOf: () => 'the latest session of a user',
  }),
}
