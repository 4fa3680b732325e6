import type { RedisKey } from '../../../shared/model/ids.ts'
import type { MirrorContext } from './context.ts'
import type { KeyCount } from './key-census.ts'
import type { Keyspace } from './profiles/keyspace.ts'
import { scanPages } from './source/scan.ts'

/**
 * Pages of the keys that hold sessions, and of those that say whose sessions they are, as far as they are due.
 *
 * The first scan asks for all keys and tells them apart here, which finds stores that nobody configured. So does every
 * later one where half of the keys or more are those of session stores: one pass over 300,000 keys, half of them sessions,
 * takes Redis 0.35 s and the engine 0.22 s; a pass for one prefix 0.32 s and 0.14 s, and each further prefix as much
 * again (CPU time, `SCAN ... COUNT 250`). Where other keys are the most, their names are not sent each time: then one
 * prefix after the other is asked for, and all keys at `mirror.surveyIntervalMs`.
 * @throws GatehouseError REDIS_UNAVAILABLE
 */
export async function* allKeys(context: MirrorContext): AsyncGenerator<RedisKey[]> {
  const { redis, config, profiles, memory } = context
  const { scanCount, surveyIntervalMs } = config.mirror
  const isDue = surveyIntervalMs > 0 && performance.now() >= memory.survey.dueMs
  const count = memory.census.begin()
  const pagesOf = (prefix: string) =>
    wantedPages(context, { count, isDue }, scanPages(redis, prefix, scanCount), (key) => {
      const space = profiles.keyspaceOf(key)
      return space?.prefix === prefix ? space : null
    })

  if (isDue || memory.survey.mostAreSessions) {
    const before = new Set(profiles.keyspaces)
    const seen = { all: 0, ofStores: 0 }
    yield* wantedPages(context, { count, isDue }, scanPages(redis, '', scanCount), (key) => {
      const space = discover(context, key)
      seen.all++
      if (space !== null) seen.ofStores++
      return space
    })
    for (const space of profiles.keyspaces) {
      if (space.isFoundByOthers !== true || before.has(space)) continue
      count.restart(space.prefix)
      yield* pagesOf(space.prefix)
    }
    memory.survey.mostAreSessions = surveyIntervalMs > 0 && seen.ofStores * 2 >= seen.all
    if (isDue) memory.survey.dueMs = performance.now() + surveyIntervalMs
  } else {
    for (const prefix of profiles.prefixes) yield* pagesOf(prefix)
  }
  count.complete()
}

/** @param isDue whether all that says whose sessions they are is read again */
async function* wantedPages(
  { redis, config, memory }: MirrorContext,
  { count, isDue }: { count: KeyCount; isDue: boolean },
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
      if (isSession || (memory.principals.isSet(key) && (isDue || !memory.principals.hasRead(key)))) wanted.push(key)
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
