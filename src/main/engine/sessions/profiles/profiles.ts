import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { Keyspace, StoreKind } from './keyspace.ts'
import type { Profile } from './types.ts'

/** Prefixes that are taken up because keys look like sessions; more of them would be something else. */
export const maxFoundKeyspaces = 32
/** No store that is looked for has longer keys. */
const maxKeyLength = 1_024

/** Which keys may hold sessions, and who reads them: keyspaces of the settings, and those that were found by looking. */
export class Profiles {
  readonly #kinds: readonly StoreKind[]
  /** The longest prefix first: where one begins with another, its keys are its own. */
  #inUse: readonly Keyspace[]
  #prefixes: readonly string[] = []
  /** Keyspaces that keys belong to whether they are in use or not, by prefix. */
  readonly #recognised = new Map<string, Keyspace>()
  #found = 0

  constructor(fixed: readonly Keyspace[], kinds: readonly StoreKind[] = []) {
    this.#kinds = kinds
    this.#inUse = []
    for (const space of fixed) this.#use(space)
  }

  /** Each once, the longest first: these are scanned. Grows when discover() finds another. */
  get prefixes(): readonly string[] {
    return this.#prefixes
  }

  get keyspaces(): readonly Keyspace[] {
    return this.#inUse
  }

  /** The keyspace of a key, in use or not; null for a key of something else. */
  keyspaceOf(key: RedisKey): Keyspace | null {
    for (const space of this.#inUse) if (key.startsWith(space.prefix)) return space
    return this.#recognise(key)
  }

  /** The live id that a key holds; null where it holds no session. */
  liveIdIn(key: RedisKey): string | null {
    const space = this.keyspaceOf(key)
    return space === null ? null : space.liveIdIn(key.slice(space.prefix.length))
  }

  /** Takes up the keyspace that a key belongs to. Returns it, or null for a key of something else. */
  discover(key: RedisKey): Keyspace | null {
    const space = this.keyspaceOf(key)
    if (space === null || this.#inUse.includes(space)) return space
    if (this.#found >= maxFoundKeyspaces) return null
    this.#found++
    this.#use(space)
    return space
  }

  /** Every profile, whether its store was found or not. */
  get all(): Profile[] {
    return [...this.#inUse, ...this.#kinds].flatMap(({ profiles }) => profiles)
  }

  #recognise(key: RedisKey): Keyspace | null {
    if (key.length > maxKeyLength) return null
    for (const kind of this.#kinds) {
      const prefix = kind.prefixIn(key)
      if (prefix === null) continue
      const known = this.#recognised.get(prefix)
      if (known !== undefined) return known
      const space = kind.at(prefix)
      if (this.#recognised.size < maxFoundKeyspaces) this.#recognised.set(prefix, space)
      return space
    }
    return null
  }

  #use(space: Keyspace): void {
    this.#inUse = [...this.#inUse, space].toSorted((a, b) => b.prefix.length - a.prefix.length)
    this.#prefixes = this.#inUse.map(({ prefix }) => prefix)
  }
}
