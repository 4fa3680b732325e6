import type { SearchInput } from '../../../shared/model/page.ts'
import { formatCursor, parseCursor } from '../cursor.ts'
import type { Condition } from './condition.ts'
import { readFromEither, type Stores } from './either-store.ts'
import type { FoundPage } from './found.ts'
import { readPage } from './read-rows.ts'
import type { SearchStore, SearchTable } from './search-store.ts'

/** One page of what a condition selects. */
export async function findPage<Row>(
  stores: Stores,
  tableOf: (store: SearchStore) => SearchTable<Row>,
  condition: Condition,
  { limit, cursor }: Pick<SearchInput, 'limit' | 'cursor'>,
): Promise<FoundPage<Row>> {
  const after = parseCursor(cursor)
  const { value, store } = await readFromEither(stores, (from) =>
    // One row more than asked for tells whether there is a next page.
    readPage(from, tableOf(from), condition, { limit: limit + 1, after }),
  )
  const rows = value.slice(0, limit)
  const last = rows.at(-1)
  const nextCursor = value.length > limit && last !== undefined ? formatCursor(tableOf(store).positionOf(last)) : null
  return { rows, nextCursor, origin: store.origin() }
}
