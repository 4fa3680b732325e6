import type { RawBuilder } from 'kysely'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Origin } from '../../../shared/model/page.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { SearchColumns, SearchDialect } from './compile.ts'
import type { Position } from './cursor.ts'

/** A table as a search reads it. */
export interface SearchTable<Row> {
  /** The SELECT up to its WHERE. */
  readonly select: RawBuilder<unknown>
  readonly columns: SearchColumns
  /** Orders rows of the same time, and by its bytes: so both stores agree. */
  readonly id: RawBuilder<unknown>
  readonly fromStored: (stored: Record<string, unknown>) => Row
  readonly positionOf: (row: Row) => Position
}

/** One of the two stores that are searched. */
export interface SearchStore {
  readonly dialect: SearchDialect
  readonly events: SearchTable<AuditEvent>
  readonly sessions: SearchTable<Session>
  /** Rows of a bound statement, as the store's driver gives them. */
  run(statement: RawBuilder<unknown>): Promise<Record<string, unknown>[]>
  origin(): Promise<Origin>
}
