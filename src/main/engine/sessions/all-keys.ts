import type { RedisKey } from '../../../shared/model/ids.ts'
import type { MirrorContext } from './context.ts'
import type { KeyCount } from './key-census.ts'
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
  const isSurvey = surveyIntervalMs > 0 && performance.now() >= memory.nextSurveyMs
  const count = memory.census.begin()
  const pagesOf = (prefix: string) =>
    wantedPages(context, count, isSurvey, scanPages(redis, prefix, scanCount), (key) => {
      const space = profiles.keyspaceOf(key)
      return space?.prefix === prefix ? space : null
    })

  if (isSurvey) {
    const before = new Set(profiles.keyspaces)
    yield* wantedPages(context, count, isSurvey, scanPages(redis, '', scanCount), (key) => discover(context, key))
    for (const space of profiles.keyspaces) {
      if (space.isFoundByOthers !== true || before.has(space)) continue
      count.restart(space.prefix)
      yield* pagesOf(space.prefix)
    }
    memory.nextSurveyMs = performance.now() + surveyIntervalMs
  } else {
    for (const prefix of profiles.prefixes) yield* pagesOf(prefix)
  }
  count.complete()
}

async function* wantedPages(
  { redis, config, memory }: MirrorContext,
  count: KeyCount,
  isSurvey: boolean,
  pages: AsyncIterable<readonly RedisKey[]>,
  spaceOf: (key: RedisKey) => Keyspace | null,
): AsyncGenerator<RedisKey[]> {
  for await (const page of pages) {
    const wanted: RedisKey[] = []
    for (const key of page) {
      const space = spaceOf(key)
      if (space === null) continue
      const rest = key.slice(space.prefix.length)
      const isSession = space.liveIdIn(rest) !== null
      count.add(space.prefix, isSession ? null : space.sideKindOf(rest))
      if (space.principalsUnder !== undefined) await memory.principals.readSpace(redis, space, config.mirror.scanCount)
      if (isSession || (memory.principals.isSet(key) && (isSurvey || !memory.principals.hasRead(key)))) wanted.push(key)
    }
    yield wanted
  }
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
