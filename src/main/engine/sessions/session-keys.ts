import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { SessionIds } from '../session-ids.ts'
import type { Keyspace } from './profiles/keyspace.ts'
import type { Profiles } from './profiles/profiles.ts'

/**
 * Which session a key holds: the one that the rest of the key names, unless its value names another. Only the exceptions
 * are kept.
 */
export class SessionKeys {
  readonly #profiles: Profiles
  readonly #sessionIds: SessionIds
  /** Keyspaces in which there are keys. */
  readonly #met = new Set<Keyspace>()
  #lastMet: Keyspace | null = null
  readonly #namedByValue = new Map<RedisKey, SessionId>()
  readonly #keyOfNamed = new Map<SessionId, RedisKey>()

  constructor(profiles: Profiles, sessionIds: SessionIds) {
    this.#profiles = profiles
    this.#sessionIds = sessionIds
  }

  /** Takes note that the key is there. @returns whether it may hold a session */
  meet(key: RedisKey): boolean {
    const space = this.#profiles.keyspaceOf(key)
    if (space === null || space.liveIdIn(key.slice(space.prefix.length)) === null) return false
    if (space !== this.#lastMet) this.#met.add(space)
    this.#lastMet = space
    return true
  }

  /** The live session id in the key. */
  liveIdIn(key: RedisKey): string {
    return this.#profiles.liveIdIn(key) ?? key
  }

  /** @throws GatehouseError POSTGRES_UNAVAILABLE while session ids cannot be hashed */
  sessionOf(key: RedisKey): SessionId {
    return this.#namedByValue.get(key) ?? this.#sessionIds.of(this.liveIdIn(key))
  }

  /** Takes note of a key whose value was read. */
  note(key: RedisKey, liveId: string, sessionId: SessionId): void {
    this.forget(key)
    if (liveId === this.liveIdIn(key)) return
    this.#namedByValue.set(key, sessionId)
    this.#keyOfNamed.set(sessionId, key)
  }

  forget(key: RedisKey): void {
    const named = this.#namedByValue.get(key)
    if (named === undefined) return
    this.#namedByValue.delete(key)
    this.#keyOfNamed.delete(named)
  }

  /** The keys, other than `key`, that may hold the session: those that were met by their name, one by its value. */
  rivalsOf(key: RedisKey, liveId: string, sessionId: SessionId): RedisKey[] {
    const rivals: RedisKey[] = []
    for (const space of this.#met) {
      const rest = space.restOf(liveId)
      // Told by its parts: to put together a key that is found to be this one takes longer.
      if (key.length === space.prefix.length + rest.length && key.startsWith(space.prefix) && key.endsWith(rest))
        continue
      rivals.push(`${space.prefix}${rest}` as RedisKey)
    }
    const named = this.#keyOfNamed.get(sessionId)
    if (named !== undefined && named !== key) rivals.push(named)
    return rivals
  }

  /** The key as it may be shown: a session key is a credential, so of its id only the first digits of the hash. */
  shown(key: RedisKey): string {
    return `${this.#profiles.keyspaceOf(key)?.prefix ?? ''}…${this.#sessionIds.of(this.liveIdIn(key)).slice(0, 12)}`
  }
}
