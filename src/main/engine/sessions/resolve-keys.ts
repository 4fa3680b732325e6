import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { RevocationStep } from '../revocation-step.ts'
import { allKeys } from './all-keys.ts'
import type { MirrorContext } from './context.ts'
import { dated, decodeReading } from './decode-reading.ts'
import type { Profile } from './profiles/types.ts'
import { partsOf } from './source/chunks.ts'
import { readKeys, type KeyReading } from './source/read.ts'

/** Ids hashed without letting others run: some milliseconds. */
const slice = 2_000

export interface ResolvedKey {
  key: RedisKey
  /** Name of the profile that reads the key. */
  profile: string
  /** What goes before the key when the session is revoked. */
  steps: readonly RevocationStep[]
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
    if (wanted.size === 0) return found
    // The last look is at all keys: another engine's mirror may have found a store that this one has not seen.
    if (byValue) context.memory.survey.dueMs = 0
    for await (const page of allKeys(context)) {
      await look(page, byValue)
      if (wanted.size === 0) break
    }
  }
  return found
}

/** Of the keys those that hold a wanted session, and are in Redis. */
async function match(
  context: MirrorContext,
  keys: readonly RedisKey[],
  wanted: ReadonlySet<SessionId>,
  byValue: boolean,
): Promise<[SessionId, ResolvedKey][]> {
  const { redis, config, memory } = context
  const candidates = byValue ? keys : keys.filter((key) => wanted.has(memory.keys.sessionOf(key)))
  const found: [SessionId, ResolvedKey][] = []
  for (const chunk of partsOf(candidates, config.mirror.readChunk)) {
    for (const reading of await readKeys(redis.client, chunk)) {
      const { key } = reading
      const decoded = decodeReading(dated(reading, context), context)
      if (decoded.profile === null || ('refusal' in decoded && decoded.isOther)) continue
      // What cannot be read any more can still be revoked, by the id in its key.
      const sessionId = 'refusal' in decoded ? memory.keys.sessionOf(key) : decoded.facts.sessionId
      if (wanted.has(sessionId)) found.push([sessionId, resolvedOf(reading, decoded.profile, context)])
    }
  }
  return found
}

/** What has to go with the session under a key, as it is now; nothing where no profile reads it. */
export async function stepsOf(context: MirrorContext, key: RedisKey): Promise<readonly RevocationStep[]> {
  const [reading] = await readKeys(context.redis.client, [key])
  if (reading === undefined) return []
  const { profile } = decodeReading(dated(reading, context), context)
  return profile === null ? [] : resolvedOf(reading, profile, context).steps
}

function resolvedOf({ key, value }: KeyReading, profile: Profile, { profiles, memory }: MirrorContext): ResolvedKey {
  const prefix = profiles.keyspaceOf(key)?.prefix ?? ''
  const session = { prefix, liveId: memory.keys.liveIdIn(key), principal: memory.principals.of(key) }
  const steps = value.type === 'other' ? [] : (profile.revocation.steps?.({ ...session, value }) ?? [])
  return { key, profile: profile.name, steps }
}
