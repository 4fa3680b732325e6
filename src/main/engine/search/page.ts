import { sql } from 'kysely'
import { compileCondition } from './compile.ts'
import type { Condition } from './condition.ts'
import type { Position } from './cursor.ts'
import type { SearchStore, SearchTable } from './search-store.ts'

/**
 * The next rows after a position, newest first, by (time, id). The time stands alone in one bound, so that the stores
 * can start in the index at it.
 */
export async function readPage<Row>(
  store: SearchStore,
  table: SearchTable<Row>,
  condition: Condition,
  { limit, after }: { limit: number; after: Position | null },
): Promise<Row[]> {
  const { time } = table.columns
  const where = compileCondition(condition, table.columns, store.dialect)
  const rest =
    after === null
      ? sql``
      : sql`AND ${time} <= ${store.dialect.time(after.timeMs)}
            AND (${time} < ${store.dialect.time(after.timeMs)} OR ${table.id} < ${after.id})`
  const stored = await store.run(
    sql`${table.select} WHERE ${where} ${rest} ORDER BY ${time} DESC, ${table.id} DESC LIMIT ${limit}`,
  )
  return stored.map(table.fromStored)
}
