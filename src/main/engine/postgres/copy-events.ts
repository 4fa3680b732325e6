import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { runCopies } from './copy-query.ts'
import { copyField } from './copy-text.ts'
import { columnNames, eventTables, type Column } from './event-columns.ts'

/**
 * Characters. Below 64 KiB each piece costs more in calls than in bytes; larger pieces leave the server waiting, and all
 * else that this process does.
 */
const chunkLength = 96 * 1024

function* copyChunks(columns: readonly Column[], events: readonly AuditEvent[]): Generator<string> {
  let chunk = ''
  for (const event of events) {
    let separator = ''
    for (const column of columns) {
      chunk += separator + copyField(column.text(event))
      separator = '\t'
    }
    chunk += '\n'
    if (chunk.length >= chunkLength) {
      yield chunk
      chunk = ''
    }
  }
  if (chunk !== '') yield chunk
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
  const copies = Object.entries(eventTables).flatMap(([kind, table]) => {
    const rows = events.filter((event) => event.kind === kind)
    return rows.length === 0 ? [] : { table, rows }
  })
  const statements = copies.map(({ table }) => `COPY ${table.name} (${columnNames(table)}) FROM STDIN`)
  await runCopies(
    tx,
    [before, ...statements, after].join('; '),
    copies.map(({ table, rows }) => copyChunks(table.columns, rows)),
  )
}
