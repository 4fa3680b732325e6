import type { RedisKey } from '../../../shared/model/ids.ts'
import type { SessionStore, SessionStores } from '../../../shared/model/session-stores.ts'
import { allKeys } from './all-keys.ts'
import type { MirrorContext } from './context.ts'
import { dated, decodeReading } from './decode-reading.ts'
import type { Keyspace } from './profiles/keyspace.ts'
import type { Profile } from './profiles/types.ts'
import { partsOf } from './source/chunks.ts'
import { readKeys, type KeyReading } from './source/read.ts'

/** Values read of a keyspace to see which of its profiles are there. */
const mostSamples = 50
/** Keys looked through for samples. */
const mostKeys = 20_000

const liveByProfile = `
  SELECT profile, count(*)::int AS sessions FROM redis_sync_sessions WHERE ended_at IS NULL GROUP BY profile`

/**
 * Which session stores there are, what lies beside their sessions, and what can be done about them. Where no mirror
 * runs, all keys are scanned for it.
 * @throws GatehouseError REDIS_UNAVAILABLE
 */
export async function findStores(context: MirrorContext): Promise<SessionStores> {
  const { database, profiles, memory } = context
  const examples = await readExamples(context)
  const rows =
    database.state().status === 'connected'
      ? await database.query<{ profile: string; sessions: number }>(liveByProfile)
      : null
  const { at, prefixes } = memory.census.latest ?? { at: new Date(), prefixes: [] }
  const found = new Map<string, { profile: Profile; patterns: string[] }>()
  for (const space of profiles.keyspaces) {
    for (const profile of space.profiles) {
      const isFound = examples.has(profile.name) || rows?.some((row) => row.profile === profile.name) === true
      if (!isFound && !profile.isConfigured) continue
      const store = found.get(profile.name) ?? { profile, patterns: [] }
      if (prefixes.some(({ prefix, sessionKeys }) => prefix === space.prefix && sessionKeys > 0)) {
        store.patterns.push(space.pattern)
      }
      found.set(profile.name, store)
    }
  }
  const stores = [...found.values()].map(({ profile: { name, revocation }, patterns }): SessionStore => {
    const sessions = rows === null ? null : (rows.find(({ profile }) => profile === name)?.sessions ?? 0)
    const { how, doesNotEnd } = revocation
    return { profile: name, sessions, patterns, example: examples.get(name) ?? null, how, doesNotEnd: [...doesNotEnd] }
  })
  return {
    countedAt: at,
    stores: stores.toSorted((a, b) => (b.sessions ?? 0) - (a.sessions ?? 0) || (a.profile < b.profile ? -1 : 1)),
    places: prefixes.map(({ prefix, sessionKeys, sideKeys }) => ({
      prefix,
      sessionKeys,
      others: [...sideKeys].map(([what, keys]) => ({ what, keys })),
    })),
  }
}

type Example = NonNullable<SessionStore['example']>

/** One value of each profile, by its name. */
async function readExamples(context: MirrorContext): Promise<Map<string, Example>> {
  const { redis, config, profiles } = context
  const examples = new Map<string, Example>()
  for (const [space, keys] of await sampleKeys(context)) {
    for (const part of partsOf(keys, config.mirror.readChunk)) {
      for (const reading of await readKeys(redis.client, part)) {
        const decoded = decodeReading(dated(reading, context), context)
        if ('refusal' in decoded || examples.has(decoded.profile.name)) continue
        const length = profiles.liveIdIn(reading.key)?.length ?? 0
        examples.set(decoded.profile.name, {
          key: space.pattern.replace('<id>', `<${length} characters>`),
          type: reading.value.type,
          bytes: sizeOf(reading),
        })
      }
    }
  }
  return examples
}

/** Some keys of each keyspace: of those that the mirror knows, or where there are none, of those that are there. */
async function sampleKeys(context: MirrorContext): Promise<Map<Keyspace, RedisKey[]>> {
  const { profiles, memory } = context
  const samples = new Map<Keyspace, RedisKey[]>()
  const add = (key: RedisKey): void => {
    const space = profiles.liveIdIn(key) === null ? null : profiles.keyspaceOf(key)
    if (space === null) return
    const keys = samples.get(space) ?? []
    if (keys.length < mostSamples) keys.push(key)
    samples.set(space, keys)
  }
  if (memory.census.latest === null) {
    for await (const page of allKeys(context)) page.forEach(add)
    return samples
  }
  let seen = 0
  for (const key of memory.known.keys()) {
    if (++seen > mostKeys) break
    add(key)
  }
  return samples
}

const sizeOf = ({ value }: KeyReading): number =>
  value.type === 'string'
    ? value.bytes.length
    : value.type === 'hash'
      ? value.fields.reduce((sum, [name, field]) => sum + name.length + field.length, 0)
      : 0
