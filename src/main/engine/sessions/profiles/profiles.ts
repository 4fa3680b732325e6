import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { Config } from '../../config-schema.ts'
import { connectRedis } from './connect-redis.ts'
import { plainHash } from './plain-hash.ts'
import { plainJson } from './plain-json.ts'
import type { Profile, RawValue } from './types.ts'

/** The profiles in use: a new session store is a file beside these and a line in this table. */
export function createProfiles(config: Config['mirror']): Profiles {
  return new Profiles([
    plainJson(config.plainPrefix),
    plainHash(config.plainPrefix),
    connectRedis(config.connectRedisPrefix),
  ])
}

export class Profiles {
  readonly all: readonly Profile[]
  /** Each once. Where one begins with another, the longer comes first: its keys are its own. */
  readonly prefixes: readonly string[]

  constructor(all: readonly Profile[]) {
    this.all = all
    this.prefixes = [...new Set(all.map((profile) => profile.prefix))].toSorted((a, b) => b.length - a.length)
  }

  prefixOf(key: RedisKey): string | null {
    return this.prefixes.find((prefix) => key.startsWith(prefix)) ?? null
  }

  /** The profile of a key by the type of its value; null where none reads that type. */
  of(prefix: string, type: RawValue['type']): Profile | null {
    return this.all.find((profile) => profile.prefix === prefix && profile.type === type) ?? null
  }
}
