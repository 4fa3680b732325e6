import type { RedisKey } from '../../../shared/model/ids.ts'
import type { RedisCommands, RedisConnection } from '../redis/connection.ts'
import { javaText } from './profiles/java-values.ts'
import type { Keyspace } from './profiles/keyspace.ts'
import type { Profiles } from './profiles/profiles.ts'
import { scanPages } from './source/scan.ts'

/** Members asked for by one SSCAN. */
const membersPerStep = 200
/** Sets asked for at once: some microseconds of Redis each. */
const setsPerStep = 50

/**
 * Whose session a key holds, where the store says so in sets of its own, one a user, and not in the session. All sets of
 * a keyspace are read before its first session is; then those that are new, those that Redis hints at, and in each
 * survey all. A session that is no longer in the set keeps its user: sessions change hands by getting another id.
 */
export class Principals {
  readonly #profiles: Profiles
  readonly #ofSession = new Map<RedisKey, string>()
  readonly #readSets = new Set<RedisKey>()
  readonly #readSpaces = new Set<Keyspace>()

  constructor(profiles: Profiles) {
    this.#profiles = profiles
  }

  of(session: RedisKey): string | null {
    return this.#ofSession.get(session) ?? null
  }

  hasRead(set: RedisKey): boolean {
    return this.#readSets.has(set)
  }

  /** A key of a session that ended. */
  forget(session: RedisKey): void {
    this.#ofSession.delete(session)
  }

  /** Whether a key is such a set. */
  isSet(key: RedisKey): boolean {
    return this.#principalIn(key) !== null
  }

  /** Reads all sets of a keyspace, once. @throws GatehouseError REDIS_UNAVAILABLE */
  async readSpace(redis: RedisConnection, space: Keyspace, scanCount: number): Promise<void> {
    if (space.principalsUnder === undefined || this.#readSpaces.has(space)) return
    for await (const page of scanPages(redis, `${space.prefix}${space.principalsUnder}`, scanCount)) {
      await this.take(redis.client, page)
    }
    this.#readSpaces.add(space)
  }

  /**
   * Reads some sets.
   * @returns keys of the sessions whose user was not known, or was another one
   * @throws GatehouseError REDIS_UNAVAILABLE
   */
  async take(client: RedisCommands, sets: readonly RedisKey[]): Promise<RedisKey[]> {
    const changed: RedisKey[] = []
    for (let from = 0; from < sets.length; from += setsPerStep) {
      const page = sets.slice(from, from + setsPerStep)
      changed.push(...(await Promise.all(page.map((set) => this.#takeSet(client, set)))).flat())
    }
    return changed
  }

  async #takeSet(client: RedisCommands, set: RedisKey): Promise<RedisKey[]> {
    const principal = this.#principalIn(set)
    const space = this.#profiles.keyspaceOf(set)
    if (principal === null || space === null) return []
    const changed: RedisKey[] = []
    for await (const members of scanMembers(client, set)) {
      for (const member of members) {
        const liveId = javaText(member)
        if (liveId === null) continue
        const session = `${space.prefix}${space.restOf(liveId)}` as RedisKey
        if (this.#ofSession.get(session) === principal) continue
        this.#ofSession.set(session, principal)
        changed.push(session)
      }
    }
    this.#readSets.add(set)
    return changed
  }

  #principalIn(key: RedisKey): string | null {
    const space = this.#profiles.keyspaceOf(key)
    if (space?.principalsUnder === undefined) return null
    const under = `${space.prefix}${space.principalsUnder}`
    return key.startsWith(under) ? key.slice(under.length) : null
  }
}

/** Members of a set, page by page; none of a key of another type. */
async function* scanMembers(client: RedisCommands, key: RedisKey): AsyncGenerator<Buffer[]> {
  let cursor = '0'
  do {
    const reply: [Buffer, Buffer[]] | null = await client
      .sscanBuffer(key, cursor, 'COUNT', membersPerStep)
      .catch(noneOfWrongType)
    if (reply === null) return
    yield reply[1]
    cursor = String(reply[0])
  } while (cursor !== '0')
}

/** Whatever it is, it lists no sessions, and nobody's session is lost by it. */
function noneOfWrongType(error: unknown): null {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null
  throw error
}
