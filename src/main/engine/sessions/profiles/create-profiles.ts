import type { Config } from '../../config-schema.ts'
import { authJs } from './auth-js.ts'
import { betterAuthStorage } from './better-auth.ts'
import { connectRedis } from './connect-redis.ts'
import { customKeyspaces } from './custom.ts'
import { djangoCache, djangoCachedDb } from './django.ts'
import { flaskSession } from './flask-session.ts'
import { keyspace, type Keyspace } from './keyspace.ts'
import { laravel } from './laravel.ts'
import { phpredis, symfony } from './php-session.ts'
import { plainHash } from './plain-hash.ts'
import { plainJson } from './plain-json.ts'
import { Profiles } from './profiles.ts'
import { rack } from './rack-session.ts'
import { spring } from './spring-session.ts'
import type { Profile } from './types.ts'

/** Found by how their keys look. */
const kinds = [spring, betterAuthStorage, authJs, djangoCache, djangoCachedDb, rack, phpredis, symfony, laravel]

/** Every session store that Gatehouse knows: a new one is a file beside these and a line here. */
export function createProfiles(config: Config['mirror']): Profiles {
  const fixed = new Map(customKeyspaces(config.custom).map((space) => [space.prefix, space]))
  const add = (prefix: string, profiles: readonly Profile[]): void => {
    const custom = fixed.get(prefix)
    // What a mapping of the same keys does not read may still be one of the usual sessions.
    fixed.set(prefix, custom === undefined ? keyspace(prefix, profiles) : withMore(custom, profiles))
  }
  add(config.plainPrefix, [flaskSession, plainJson, plainHash])
  add(config.connectRedisPrefix, [connectRedis])
  return new Profiles([...fixed.values()], kinds)
}

const withMore = (space: Keyspace, profiles: readonly Profile[]): Keyspace =>
  space.restOf('') === '' ? { ...space, profiles: [...space.profiles, ...profiles] } : space
