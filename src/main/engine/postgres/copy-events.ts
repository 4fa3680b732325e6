import { once } from 'node:events'
import type { PoolClient } from 'pg'
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { giveWay } from '../giving-way.ts'
import { copyField } from './copy-text.ts'
import { columnNames, type Column, type EventTable } from './event-columns.ts'

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

/** Resolves when the piece is on its way: a stream whose COPY has failed must not be written to again. */
const write = (stream: CopyStreamQuery, chunk: string): Promise<void> =>
  new Promise((resolve, reject) => stream.write(chunk, (error) => (error ? reject(error) : resolve())))

/**
 * COPY straight into the table: rows go to its pages and to the log by the page, which no INSERT does.
 * @param before a statement sent along in front, which saves its journey
 * @param after a statement sent along behind
 * @throws DatabaseError as of any statement; the connection is then ready for a ROLLBACK
 */
export async function copyEvents(
  tx: PoolClient,
  table: EventTable,
  events: readonly AuditEvent[],
  { before, after }: { before: string; after: string },
): Promise<void> {
  const stream = tx.query(copyFrom(`${before}; COPY ${table.name} (${columnNames(table)}) FROM STDIN; ${after}`))
  let refused = false
  stream.once('error', () => (refused = true))
  // Fails with the stream; awaited from the first piece on.
  const done = once(stream, 'finish')
  try {
    for (const chunk of copyChunks(table.columns, events)) {
      await Promise.race([write(stream, chunk), done])
      // The system takes megabytes before it lets a writer wait: without this, nothing else is heard until the end.
      await Promise.race([giveWay(), done])
    }
    stream.end()
    await done
  } catch (error) {
    // An event that cannot be written down: without this the server would wait for the rest of the rows.
    if (!refused) await abandon(stream, done)
    throw error
  }
}

/** Ends the COPY as failed, and waits until the connection can be used again. */
async function abandon(stream: CopyStreamQuery, done: Promise<unknown>): Promise<void> {
  const closed = new Promise((resolve) => stream.once('close', resolve))
  stream.destroy()
  await Promise.allSettled([done, closed])
}
