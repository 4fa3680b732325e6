import type { Config } from '../../config-schema.ts'
import { authJs } from './auth-js.ts'
import { betterAuthStorage } from './better-auth.ts'
import { connectRedis } from './connect-redis.ts'
import { djangoCache, djangoCachedDb } from './django.ts'
import { flaskSession } from './flask-session.ts'
import { keyspace } from './keyspace.ts'
import { laravel } from './laravel.ts'
import { phpredis, symfony } from './php-session.ts'
import { plainHash } from './plain-hash.ts'
import { plainJson } from './plain-json.ts'
import { Profiles } from './profiles.ts'
import { rack } from './rack-session.ts'
import { spring } from './spring-session.ts'

/** Found by how their keys look. */
const kinds = [spring, betterAuthStorage, authJs, djangoCache, djangoCachedDb, rack, phpredis, symfony, laravel]

/** Every session store that Gatehouse knows: a new one is a file beside these and a line here. */
export function createProfiles(config: Config['mirror']): Profiles {
  const fixed = [
    keyspace(config.plainPrefix, [flaskSession, plainJson, plainHash]),
    keyspace(config.connectRedisPrefix, [connectRedis]),
  ]
  return new Profiles(fixed, kinds)
}
