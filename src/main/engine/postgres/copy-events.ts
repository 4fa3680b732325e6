import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { copyPieces } from './copy-pieces.ts'
import { runCopies } from './copy-query.ts'
import { copyField } from './copy-text.ts'
import { columnNames, eventTables, type Column } from './event-columns.ts'

/** What is written of these types is made here, of digits and letters. */
const plainTypes: ReadonlySet<string> = new Set(['boolean', 'double precision', 'timestamptz'])

const fieldOf = ({ type, text }: Column): ((event: AuditEvent) => string) =>
  plainTypes.has(type) ? (event) => text(event) ?? '\\N' : (event) => copyField(text(event))

const fields = {
  session: eventTables.session.columns.map(fieldOf),
  log: eventTables.log.columns.map(fieldOf),
}

/**
 * COPY straight into the tables: rows go to their pages and to the log by the page, which no INSERT does.
 * @param before a statement sent along in front, which saves its journey
 * @param after statements sent along behind
 * @throws DatabaseError as of any statement; the connection is then ready for a ROLLBACK
 */
export async function copyEvents(
  tx: PoolClient,
  events: readonly AuditEvent[],
  { before, after }: { before: string; after: string },
): Promise<void> {
  const copies = (['session', 'log'] as const).flatMap((kind) => {
    const rows = events.filter((event) => event.kind === kind)
    return rows.length === 0 ? [] : { table: eventTables[kind], fields: fields[kind], rows }
  })
  const statements = copies.map(({ table }) => `COPY ${table.name} (${columnNames(table)}) FROM STDIN`)
  await runCopies(
    tx,
    [before, ...statements, after].join('; '),
    copies.map((copy) => copyPieces(copy.fields, copy.rows)),
  )
}
