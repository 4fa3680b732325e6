import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Position } from '../cursor.ts'
import { compileCondition } from './compile.ts'
import type { Condition } from './condition.ts'
import type { Ordering } from './ordering.ts'
import type { SearchStore, SearchTable } from './search-store.ts'

/** Rows of an export that are read at once: a megabyte as a rule, 64 where each has all the metadata that is kept. */
const exportPageSize = 1_000

/** The next `limit` rows after a position, newest first. */
export async function readPage<Row>(
  store: SearchStore,
  table: SearchTable<Row>,
  condition: Condition,
  { limit, after }: { limit: number; after: Position | null },
): Promise<Row[]> {
  const where = compileCondition(condition, table.columns, store.dialect)
  return read(store, table, where, table.newestFirst, { limit, after })
}

/**
 * All rows that were there at `upToMs`, page by page, each once. A failing store ends it: an export must not go on in
 * the other one.
 */
export async function* readAll<Row>(
  store: SearchStore,
  table: SearchTable<Row>,
  condition: Condition,
  upToMs: number,
): AsyncGenerator<Row[], void> {
  const selected = compileCondition(condition, table.columns, store.dialect)
  const where = sql<SqlBool>`${selected} AND ${table.bornAt} <= ${store.dialect.time(upToMs)}`
  for (let after: Position | null = null; ;) {
    const page: Row[] = await read(store, table, where, table.exportOrder, { limit: exportPageSize, after })
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    if (page.length < exportPageSize) return
    after = table.positionOf(last)
  }
}

async function read<Row>(
  store: SearchStore,
  table: SearchTable<Row>,
  where: RawBuilder<SqlBool>,
  order: Ordering,
  { limit, after }: { limit: number; after: Position | null },
): Promise<Row[]> {
  const bounds = after === null ? where : sql`${where} AND ${order.after(after)}`
  const stored = await store.run(sql`${table.select} WHERE ${bounds} ORDER BY ${order.by} LIMIT ${limit}`)
  return stored.map((row) => table.fromStored(row))
}
