import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Database } from '../postgres/database.ts'
import { eventFromRow, eventRowColumns, type EventRow } from '../postgres/rows.ts'
import { sessionFromRow, sessionRowColumns, type SessionRow } from '../postgres/session-rows.ts'
import { eventSearchColumns, sessionSearchColumns } from './columns.ts'
import { postgresDialect } from './compile-postgres.ts'
import { byId, newestFirst } from './ordering.ts'
import { eventPosition, sessionPosition } from './positions.ts'
import type { SearchStore, SearchTable } from './search-store.ts'

/** Compiles alone: connections are the Database's. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

const { time } = postgresDialect
const addressText = sql`host(ip_address)`
const createdAt = sql.ref('created_at')
const lastActivity = sql`coalesce(last_active, first_seen)`

const byNewest = newestFirst(createdAt, sql`(event_id || ' ' || kind) COLLATE "C"`, time)

const events: SearchTable<AuditEvent> = {
  select: sql`SELECT ${sql.raw(eventRowColumns)} FROM audit_events`,
  columns: eventSearchColumns({ time: createdAt, addressText }),
  newestFirst: byNewest,
  exportOrder: byNewest,
  bornAt: createdAt,
  fromStored: (row) => eventFromRow(row as EventRow),
  positionOf: eventPosition,
}

const sessions: SearchTable<Session> = {
  select: sql`SELECT ${sql.raw(sessionRowColumns)} FROM redis_sync_sessions`,
  columns: sessionSearchColumns({ time: lastActivity, addressText, endedAt: sql.ref('ended_at') }),
  newestFirst: newestFirst(lastActivity, sql`session_id COLLATE "C"`, time),
  exportOrder: byId(sql.ref('session_id')),
  bornAt: sql.ref('first_seen'),
  fromStored: (row) => sessionFromRow(row as SessionRow),
  positionOf: sessionPosition,
}

/** The audit store, as searches see it. */
export const postgresSearchStore = (database: Database): SearchStore => ({
  dialect: postgresDialect,
  events,
  sessions,
  run: (statement) => {
    const { sql: text, parameters } = statement.compile(compiler)
    return database.query(text, parameters)
  },
  origin: () => ({ store: 'postgres', asOf: null }),
})
