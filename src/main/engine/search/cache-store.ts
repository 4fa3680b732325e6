import type { Database } from 'better-sqlite3'
import { DummyDriver, Kysely, sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'
import { eventFromRow, sessionFromRow, type StoredRow } from '../sqlite/rows.ts'
import { eventSearchColumns, sessionSearchColumns } from './columns.ts'
import { sqliteDialect } from './compile-sqlite.ts'
import { byId, newestFirst } from './ordering.ts'
import { eventPosition, sessionPosition } from './positions.ts'
import type { SearchStore, SearchTable } from './search-store.ts'

/** Compiles alone: the connection is the cache's. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

const { time } = sqliteDialect
const addressText = sql.ref('ip_address')
const createdAt = sql.ref('created_at_ms')
const lastActivity = sql`coalesce(last_active_ms, first_seen_ms)`
const byNewest = newestFirst(createdAt, sql`(event_id || ' ' || kind)`, time)

const events: SearchTable<AuditEvent> = {
  select: sql`SELECT * FROM events`,
  columns: eventSearchColumns({ time: createdAt, addressText }),
  newestFirst: byNewest,
  exportOrder: byNewest,
  bornAt: createdAt,
  fromStored: (row) => eventFromRow(row as StoredRow),
  positionOf: eventPosition,
}

const sessions: SearchTable<Session> = {
  select: sql`SELECT * FROM sessions`,
  columns: sessionSearchColumns({ time: lastActivity, addressText, endedAt: sql.ref('ended_at_ms') }),
  newestFirst: newestFirst(lastActivity, sql.ref('session_id'), time),
  exportOrder: byId(sql.ref('session_id')),
  bornAt: sql.ref('first_seen_ms'),
  fromStored: (row) => sessionFromRow(row as StoredRow),
  positionOf: sessionPosition,
}

/**
 * The cache, as searches see it.
 * @param asOf when the cache last held all that the audit store had; null before the first time
 */
export const cacheSearchStore = (reader: Database, asOf: () => Date | null): SearchStore => ({
  dialect: sqliteDialect,
  events,
  sessions,
  run: async (statement) => {
    const { sql: text, parameters } = statement.compile(compiler)
    return reader.prepare<unknown[], object>(text).all(...parameters)
  },
  origin: () => ({ store: 'cache', asOf: asOf() }),
})
