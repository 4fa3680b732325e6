import type { Condition } from './condition.ts'
import { readFromEither, type Stores } from './either-store.ts'
import type { FoundRows } from './found.ts'
import { readAll } from './read-rows.ts'
import type { SearchStore, SearchTable } from './search-store.ts'
import { worded } from './store-failure.ts'

/**
 * All rows that were there at `upToMs`. The first page decides for a store: whatever fails later fails the whole, since
 * what the other store would add is of another age.
 */
export async function findAll<Row>(
  stores: Stores,
  tableOf: (store: SearchStore) => SearchTable<Row>,
  condition: Condition,
  upToMs: number,
): Promise<FoundRows<Row>> {
  const { value, store } = await readFromEither(stores, async (from) => {
    const rest = readAll(from, tableOf(from), condition, upToMs)
    return { first: await rest.next(), rest }
  })
  return { store: store.origin().store, pages: continued(value.first, value.rest) }
}

async function* continued<Row>(
  first: IteratorResult<Row[], void>,
  rest: AsyncGenerator<Row[], void>,
): AsyncGenerator<Row[], void> {
  if (first.done) return
  yield first.value
  try {
    yield* rest
  } catch (error) {
    throw worded(error)
  }
}
