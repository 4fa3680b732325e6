import { keyspace, type StoreKind } from './keyspace.ts'
import { opaqueRevocation, opaqueSession } from './opaque.ts'
import type { Profile } from './types.ts'

const revocation = opaqueRevocation(
  'The key is deleted in Redis.',
  'A request that is under way writes its session again when it ends: the guard removes it again.',
)
const opaque = (name: string): Profile => ({
  name,
  type: 'string',
  revocation,
  decode: (bytes) => opaqueSession(bytes),
})

/** PHP's session.sid_length is 22 to 256; session.sid_bits_per_character of 6 adds `,` and `-`. */
const sid = /^[A-Za-z0-9,-]{22,256}$/
const lockSuffix = '_LOCK'

const phpredisSession = opaque('phpredis')

/** `PHPREDIS_SESSION:<sid>`: PHP's own sessions through the extension phpredis, with a lock beside each in use. */
export const phpredis: StoreKind = {
  profiles: [phpredisSession],
  prefixIn: (key) => /^PHPREDIS_(?:CLUSTER_)?SESSION:/.exec(key)?.[0] ?? null,
  at: (prefix) => ({
    ...keyspace(prefix, [phpredisSession]),
    liveIdIn: (rest) => (rest.endsWith(lockSuffix) ? null : rest),
    sideKindOf: () => 'locks',
  }),
}

const symfonySession = opaque('symfony')
const symfonyPrefix = 'sf_s'

/** `sf_s<sid>`: Symfony's RedisSessionHandler with its own prefix. */
export const symfony: StoreKind = {
  profiles: [symfonySession],
  prefixIn: (key) =>
    key.startsWith(symfonyPrefix) && sid.test(key.slice(symfonyPrefix.length)) ? symfonyPrefix : null,
  at: (prefix) => ({
    ...keyspace(prefix, [symfonySession]),
    liveIdIn: (rest) => (sid.test(rest) ? rest : null),
  }),
}
