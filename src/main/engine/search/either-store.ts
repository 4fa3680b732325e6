import type { SearchStore } from './search-store.ts'
import { isAway, worded } from './store-failure.ts'

export interface Stores {
  readonly postgres: SearchStore
  /** Null where there is no cache. */
  readonly cache: SearchStore | null
}

/** What was read, and from which store. */
export interface ReadFrom<T> {
  readonly value: T
  readonly store: SearchStore
}

/**
 * Reads from PostgreSQL and, while that is away, from the cache.
 * @throws GatehouseError POSTGRES_UNAVAILABLE with its reason where there is no cache either; TOO_LARGE for a search that
 *   PostgreSQL stopped
 */
export async function readFromEither<T>(
  { postgres, cache }: Stores,
  read: (store: SearchStore) => Promise<T>,
): Promise<ReadFrom<T>> {
  try {
    return { value: await read(postgres), store: postgres }
  } catch (error) {
    if (!isAway(error) || cache === null) throw worded(error)
    return { value: await read(cache), store: cache }
  }
}
