import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Database } from './database.ts'
import { columnNames, eventTables, type EventTable } from './event-columns.ts'
import { spansOf } from './note-transaction.ts'
import { boundariesOf } from './session-lives.ts'

/** A batch as it is entered into the inbox; `failed` as JSON. */
export interface InboxEntry {
  batchId: string
  owner: string
  failed: string
}

/** Beyond, a journey less is little beside the writing. */
const maxEvents = 100

/**
 * Whether storeAtOnce may be asked to store these. Not the start or the end of a session: whether it replaces what was
 * inferred is looked up between two statements (settle-boundaries.ts).
 */
export const fitsAtOnce = (events: readonly AuditEvent[]): boolean =>
  events.length > 0 && events.length <= maxEvents && boundariesOf(events).length === 0

/**
 * Enters a batch into the inbox and stores its events by a single statement, which is a transaction of its own: one journey
 * instead of six, each of which waits for its turn in this process and in the server. All is stored, or nothing.
 * @returns false where the inbox has the batch already, under whatever owner; then nothing is stored
 * @throws DatabaseError where one of the events cannot be stored, or is stored already (`unique_violation`): then
 * nothing is, and the way with more steps tells more
 */
export async function storeAtOnce(
  database: Pick<Database, 'query'>,
  { batchId, owner, failed }: InboxEntry,
  events: readonly AuditEvent[],
): Promise<boolean> {
  const rows = { session: events.filter(isOf('session')), log: events.filter(isOf('log')) }
  const kinds = (['session', 'log'] as const).filter((kind) => rows[kind].length > 0)
  const params: unknown[] = [batchId, owner, events.length, failed, `{${spansOf(events).join(',')}}`]
  const inserts = kinds.map((kind) => insertFrom(eventTables[kind], rows[kind], params))
  const sql = `
    WITH entered AS (
      INSERT INTO ingest_batch (batch_id, engine, stored, failed) VALUES ($1, $2, $3, $4)
      ON CONFLICT DO NOTHING RETURNING batch_id
    ), noted AS (
      INSERT INTO stored_transactions (tx, events, spans)
      SELECT pg_current_xact_id()::text::bigint, $3, $5::tstzmultirange FROM entered
    )${inserts.join('')}
    SELECT batch_id FROM entered`
  const entered = await database.query(sql, params, { prepareAs: `store_at_once_${kinds.join('_')}` })
  return entered.length > 0
}

const isOf =
  (kind: AuditEvent['kind']) =>
  (event: AuditEvent): boolean =>
    event.kind === kind

/** The part of the statement that fills one table; adds its parameters to `params`. */
function insertFrom(table: EventTable, events: readonly AuditEvent[], params: unknown[]): string {
  const arrays = table.columns.map(({ type, text }) => `$${params.push(events.map(text))}::${type}[]`)
  return `, ${table.name}_stored AS (
      INSERT INTO ${table.name} (${columnNames(table)})
      SELECT given.* FROM entered, unnest(${arrays.join(', ')}) AS given
    )`
}
