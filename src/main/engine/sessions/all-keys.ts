import type { RedisKey } from '../../../shared/model/ids.ts'
import type { MirrorContext } from './context.ts'
import type { Keyspace } from './profiles/keyspace.ts'
import { scanPages } from './source/scan.ts'

/**
 * Pages of the keys that hold sessions, and of those that say whose sessions they are, as far as they are due.
 *
 * Most scans ask for one prefix after the other, those of stores that were found: Redis looks at every key for each, but
 * sends only what matches. Now and then, and the first time, one scan asks for all keys and tells them apart here: that
 * finds stores that nobody configured, at the price of one pass and of sending every key's name.
 * @throws GatehouseError REDIS_UNAVAILABLE
 */
export async function* allKeys(context: MirrorContext): AsyncGenerator<RedisKey[]> {
  const { redis, config, profiles, memory } = context
  const { scanCount, surveyIntervalMs } = config.mirror
  const survey = surveyIntervalMs > 0 && performance.now() >= memory.nextSurveyMs
  const census = memory.census.begin()
  const isWanted = (key: RedisKey, space: Keyspace): boolean => {
    const rest = key.slice(space.prefix.length)
    if (space.liveIdIn(rest) !== null) {
      census.count(space.prefix, null)
      return true
    }
    census.count(space.prefix, space.sideKindOf(rest))
    return memory.principals.isSet(key) && (survey || !memory.principals.hasRead(key))
  }

  const wantedOf = async (page: readonly RedisKey[], spaceOf: (key: RedisKey) => Keyspace | null) => {
    const wanted: RedisKey[] = []
    for (const key of page) {
      const space = spaceOf(key)
      if (space === null || !isWanted(key, space)) continue
      if (space.principalsUnder !== undefined) await memory.principals.readSpace(redis, space, scanCount)
      wanted.push(key)
    }
    return wanted
  }

  if (survey) {
    for await (const page of scanPages(redis, '', scanCount))
      yield await wantedOf(page, (key) => discover(context, key))
    memory.nextSurveyMs = performance.now() + surveyIntervalMs
  } else {
    for (const prefix of profiles.prefixes) {
      const spaceOf = (key: RedisKey): Keyspace | null => {
        const space = profiles.keyspaceOf(key)
        return space?.prefix === prefix ? space : null
      }
      for await (const page of scanPages(redis, prefix, scanCount)) yield await wantedOf(page, spaceOf)
    }
  }
  census.complete()
}

function discover({ profiles, problems }: MirrorContext, key: RedisKey): Keyspace | null {
  const found = profiles.discover(key)
  const left = found === null ? profiles.keyspaceOf(key) : null
  if (left !== null) {
    problems.report(
      'sessions',
      'too many prefixes look like session stores: name those that matter in mirror.custom',
      left.prefix,
    )
  }
  return found
}
