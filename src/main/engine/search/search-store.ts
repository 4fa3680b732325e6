import type { RawBuilder } from 'kysely'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Origin } from '../../../shared/model/page.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Position } from '../cursor.ts'
import type { SearchColumns, SearchDialect } from './compile.ts'
import type { Ordering } from './ordering.ts'

/** A table as it is searched. */
export interface SearchTable<Row> {
  /** The SELECT up to its WHERE. */
  readonly select: RawBuilder<unknown>
  readonly columns: SearchColumns
  readonly newestFirst: Ordering
  /** An order in which rows keep their place while all of them are read. */
  readonly exportOrder: Ordering
  /** When the row came to be. */
  readonly bornAt: RawBuilder<unknown>
  readonly fromStored: (stored: object) => Row
  readonly positionOf: (row: Row) => Position
}

/** One of the two stores that are searched. */
export interface SearchStore {
  readonly dialect: SearchDialect
  readonly events: SearchTable<AuditEvent>
  readonly sessions: SearchTable<Session>
  /** Rows of a bound statement, as the store's driver gives them. */
  run(statement: RawBuilder<unknown>): Promise<object[]>
  origin(): Origin
}
