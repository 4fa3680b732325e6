import { headOf, keyspace, type StoreKind } from './keyspace.ts'
import { opaqueRevocation, opaqueSession } from './opaque.ts'
import type { Profile } from './types.ts'

const rackSession: Profile = {
  name: 'rack-session',
  type: 'string',
  revocation: opaqueRevocation(
    'The key is deleted in Redis; it is the hash of the id in the cookie (the private id).',
    'A key under the id in the cookie itself (the public id), which Rack before 2.0.8 wrote: the hash does not tell it.',
  ),
  decode: (bytes) => opaqueSession(bytes),
}

/** `<prefix>2::<SHA-256>`: redis-session-store, redis-rack and others that store Rack's private ids. */
export const rack: StoreKind = {
  profiles: [rackSession],
  prefixIn: (key) => headOf(key, '2::', /^[0-9a-f]{64}$/),
  at: (prefix) => keyspace(prefix, [rackSession]),
}
