import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Position } from '../cursor.ts'

/** An order of rows in which a search can go on after the last row of a page. */
export interface Ordering {
  /** What stands after ORDER BY. */
  readonly by: RawBuilder<unknown>
  readonly after: (position: Position) => RawBuilder<SqlBool>
}

/**
 * Newest first by time, then by id. The time stands alone in one bound, so that the stores can start in the index at it.
 * @param id compared by its bytes, so that both stores agree
 */
export function newestFirst(
  time: RawBuilder<unknown>,
  id: RawBuilder<unknown>,
  boundTime: (epochMs: number) => RawBuilder<unknown>,
): Ordering {
  return {
    by: sql`${time} DESC, ${id} DESC`,
    after: (last) => {
      const lastTime = boundTime(last.timeMs)
      return sql`(${time} <= ${lastTime} AND (${time} < ${lastTime} OR ${id} < ${last.id}))`
    },
  }
}

/** By id: the order of rows whose time moves while they are read. */
export const byId = (id: RawBuilder<unknown>): Ordering => ({ by: id, after: (last) => sql`${id} > ${last.id}` })
