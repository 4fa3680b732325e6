import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { MirrorContext } from './context.ts'
import { decodeReading } from './decode-reading.ts'
import { chunked } from './source/chunks.ts'
import { readKeys } from './source/read.ts'
import { scanPages } from './source/scan.ts'

/** Ids hashed without letting others run: some milliseconds. */
const slice = 2_000

export interface ResolvedKey {
  key: RedisKey
  /** Name of the profile that reads the key. */
  profile: string
}

/**
 * Finds the live keys of sessions, the cheapest way first: among the keys that the mirror knows; else by a scan that
 * hashes the id in each key; else by a scan that reads the values, for those that name their session there.
 * @returns those whose key is in Redis
 * @throws GatehouseError REDIS_UNAVAILABLE
 */
export async function resolveKeys(
  context: MirrorContext,
  sessionIds: readonly SessionId[],
): Promise<Map<SessionId, ResolvedKey>> {
  const wanted = new Set(sessionIds)
  const found = new Map<SessionId, ResolvedKey>()
  const look = async (keys: readonly RedisKey[], byValue: boolean) => {
    for (const [sessionId, resolved] of await match(context, keys, wanted, byValue)) {
      found.set(sessionId, resolved)
      wanted.delete(sessionId)
    }
  }
  const known = [...context.memory.known.keys()]
  for (let from = 0; from < known.length && wanted.size > 0; from += slice) {
    await look(known.slice(from, from + slice), false)
    await nextTurn()
  }
  for (const byValue of [false, true]) {
    for (const prefix of context.profiles.prefixes) {
      if (wanted.size === 0) return found
      for await (const page of scanPages(context.redis, prefix, context.config.mirror.scanCount)) {
        await look(
          page.filter((key) => context.profiles.prefixOf(key) === prefix),
          byValue,
        )
        if (wanted.size === 0) break
      }
    }
  }
  return found
}

/** Of the keys those that hold a wanted session, and are in Redis. */
async function match(
  { redis, config, memory, profiles, sessionIds }: MirrorContext,
  keys: readonly RedisKey[],
  wanted: ReadonlySet<SessionId>,
  byValue: boolean,
): Promise<[SessionId, ResolvedKey][]> {
  const candidates = byValue ? keys : keys.filter((key) => wanted.has(memory.keys.sessionOf(key)))
  const found: [SessionId, ResolvedKey][] = []
  for await (const chunk of chunked([candidates], config.mirror.readChunk)) {
    for (const reading of await readKeys(redis.client, chunk, () => false)) {
      const { key } = reading
      const decoded = decodeReading(reading, profiles, sessionIds)
      // What cannot be read any more can still be revoked, by the id in its key.
      const sessionId = 'refusal' in decoded ? memory.keys.sessionOf(key) : decoded.facts.sessionId
      if (decoded.profile !== null && wanted.has(sessionId)) found.push([sessionId, { key, profile: decoded.profile }])
    }
  }
  return found
}
