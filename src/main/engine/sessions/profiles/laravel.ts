import { keyspace, type StoreKind } from './keyspace.ts'
import { opaqueOf, opaqueRevocation } from './opaque.ts'
import type { Profile } from './types.ts'

/** Illuminate\Session\Store: Str::random(40). */
const idLength = 40
const sessionId = /^[A-Za-z0-9]{40}$/
/** Where the prefix of the cache ends, with `_` and `:` in older versions and `-` in newer ones. */
const cachePrefix = /[_-]cache[_:-]{0,2}$/

/**
 * A text in PHP serialization (the cache's) that holds the session: an array in PHP serialization with the form token
 * that every session has, or, with session.encrypt, base64 of JSON that begins with `{"iv":`.
 */
const session = /^s:\d+:"(?:a:\d+:\{.{0,4096}?s:6:"_token";|eyJpdiI6)/s

const laravelCache: Profile = {
  name: 'laravel-cache',
  type: 'string',
  revocation: opaqueRevocation(
    'The key is deleted in Redis.',
    'A "remember me" cookie logs its user in again: clear the remember_token of the user.',
  ),
  decode: (bytes) => opaqueOf(bytes, (value) => session.test(value.subarray(0, 8_192).toString('latin1'))),
}

/** `<app>-database-<app>-cache-<id>`: an entry of the cache among others; its value shows that it is a session. */
export const laravel: StoreKind = {
  profiles: [laravelCache],
  prefixIn(key) {
    if (!sessionId.test(key.slice(-idLength))) return null
    const head = key.slice(0, -idLength)
    return cachePrefix.test(head) ? head : null
  },
  at: (prefix) => ({
    ...keyspace(prefix, [laravelCache]),
    liveIdIn: (rest) => (sessionId.test(rest) ? rest : null),
    sideKindOf: () => 'other cache entries',
    isFoundByOthers: true,
  }),
}
