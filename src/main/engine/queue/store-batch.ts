import type { PoolClient } from 'pg'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Database } from '../postgres/database.ts'
import type { Answer, Statement } from '../postgres/run-together.ts'
import { classify, sqlstateOf } from '../postgres/sqlstate.ts'
import { fitsAtOnce, storeAtOnce } from '../postgres/store-at-once.ts'
import { prepareWrite, writeEvents, type WriteOptions } from '../postgres/write-events.ts'
import type { DecodedBatch, Refused } from './decode/batch.ts'

export interface StoredBatch {
  /** Rows that this call committed. */
  stored: AuditEvent[]
  /** Events that the tables held already, under the same identity. */
  duplicates: number
  /** Every item of the batch that is not stored and never will be: what did not decode, and what PostgreSQL refused. */
  failed: Refused[]
}

/** What became of some of the events of a batch; `refused` names places in the batch. */
interface Written {
  stored: AuditEvent[]
  refused: Refused[]
}
/** A way to store the events of a batch. */
interface Way {
  /** What goes in one journey with the entry into the inbox. */
  opening: readonly Statement[]
  /**
   * @param opened the answers to `opening`
   * @param committing called when COMMIT is sent along, with what is stored by it: all events of the batch
   */
  write(tx: PoolClient, opened: readonly Answer[], committing: (stored: AuditEvent[]) => void): Promise<Written>
}

/** What one owner remembers from one try to store a batch to the next. */
export interface EarlierTries {
  /** What its last try was about to commit: it is what became of the batch, should only the answer have been lost. */
  unanswered: StoredBatch | null
}

/**
 * Stores a batch exactly once: its id and its rows are committed together. When it was stored before nothing is written:
 * by another, and the failed items are those that were found then; by an earlier try of this owner, of which it has not
 * heard, and the result is that of the earlier try.
 *
 * A batch that PostgreSQL refuses for its data is bisected, until what it refuses stands alone and the rest is stored.
 * @throws whatever else keeps PostgreSQL from storing it; then nothing is stored, or all of it in a COMMIT whose answer
 * was lost: call again with the same batch
 */
export async function storeBatch(
  database: Database,
  owner: string,
  batchId: string,
  decoded: DecodedBatch,
  earlier: EarlierTries = { unanswered: null },
  { lookFirst = false }: Pick<WriteOptions, 'lookFirst'> = {},
): Promise<StoredBatch> {
  const storeBy = ({ opening, write }: Way) =>
    database.transaction(
      async (tx, [entered, ...opened]) => {
        if (entered?.rowCount === 0) {
          const before = await readInbox(tx, batchId)
          return (before.engine === owner && earlier.unanswered) || notStoredHere(before.failed)
        }
        const written = await write(tx, opened, (stored) => {
          earlier.unanswered = { stored, duplicates: 0, failed: decoded.refused }
        })
        return (earlier.unanswered = await correctInbox(tx, batchId, decoded, written))
      },
      [enterInbox(owner, batchId, decoded), ...opening],
    )
  if (!lookFirst && fitsAtOnce(decoded.events)) {
    const result = await storeSmall(database, owner, batchId, decoded, earlier)
    if (result !== null) return result
  }
  try {
    return await storeBy(lookFirst ? lookingFirst(decoded) : straight(decoded))
  } catch (error) {
    const kind = classify(error)
    if (kind === 'retry' || kind === 'permission') throw error
    return await storeBy(bisecting(decoded))
  }
}

const notStoredHere = (failed: Refused[]): StoredBatch => ({ stored: [], duplicates: 0, failed })

/**
 * Stores a batch that is like most, whole, in one journey.
 * @returns null where it was stored before, or cannot be stored like this: nothing is stored then
 */
async function storeSmall(
  database: Database,
  owner: string,
  batchId: string,
  { events, refused }: DecodedBatch,
  earlier: EarlierTries,
): Promise<StoredBatch | null> {
  const whole: StoredBatch = { stored: events, duplicates: 0, failed: refused }
  const before = earlier.unanswered
  earlier.unanswered = whole
  try {
    const entry = { batchId, owner, failed: JSON.stringify(refused) }
    if (await storeAtOnce(database, entry, events)) return whole
  } catch (error) {
    // No answer: it may be stored. An answer that is a refusal is met again below, and looked into there.
    if (error instanceof GatehouseError) throw error
  }
  earlier.unanswered = before
  return null
}

/**
 * Enters the batch into the inbox, as if all of its events were new, unless it is there. Waits for a former owner that is
 * about to commit the same batch.
 */
const enterInbox = (owner: string, batchId: string, { events, refused }: DecodedBatch): Statement => ({
  text: 'INSERT INTO ingest_batch (batch_id, engine, stored, failed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
  values: [batchId, owner, String(events.length), JSON.stringify(refused)],
})

/** Who entered the batch, and what became of it. */
async function readInbox(tx: PoolClient, batchId: string): Promise<{ engine: string; failed: Refused[] }> {
  const sql = 'SELECT engine, failed FROM ingest_batch WHERE batch_id = $1'
  const { rows } = await tx.query<{ engine: string; failed: Refused[] }>(sql, [batchId])
  return rows[0] ?? { engine: '', failed: [] }
}

/** Corrects the entry where not all events were new. */
async function correctInbox(
  tx: PoolClient,
  batchId: string,
  decoded: DecodedBatch,
  { stored, refused }: Written,
): Promise<StoredBatch> {
  const failed = [...decoded.refused, ...refused]
  if (stored.length < decoded.events.length) {
    await tx.query('UPDATE ingest_batch SET stored = $2, failed = $3 WHERE batch_id = $1', [
      batchId,
      stored.length,
      JSON.stringify(failed),
    ])
  }
  return { stored, duplicates: decoded.events.length - stored.length - refused.length, failed }
}

/**
 * What the events need first goes along with the entry into the inbox. Where the batch is there already, a note is left of
 * events that are not stored: readers find nothing new.
 */
function straight({ events }: DecodedBatch): Way {
  const { opening, complete } = prepareWrite(events)
  return {
    opening,
    write: async (tx, opened, committing) => ({ ...(await complete(tx, opened, { committing })), refused: [] }),
  }
}

const lookingFirst = ({ events }: DecodedBatch): Way => ({
  opening: [],
  write: async (tx) => ({ ...(await writeEvents(tx, events, { lookFirst: true })), refused: [] }),
})

const bisecting = (decoded: DecodedBatch): Way => ({ opening: [], write: (tx) => writeBisecting(tx, decoded) })

/** @throws the first error where every single event meets one that is not about its data: then the fault is elsewhere */
async function writeBisecting(tx: PoolClient, decoded: DecodedBatch): Promise<Written> {
  const written: Written = { stored: [], refused: [] }
  const faults: unknown[] = []
  await bisect(0, decoded.events.length)
  if (faults.length > 0 && faults.length === decoded.events.length) throw faults[0]
  return written

  async function bisect(from: number, to: number): Promise<void> {
    await tx.query('SAVEPOINT part')
    try {
      const { stored } = await writeEvents(tx, decoded.events.slice(from, to))
      await tx.query('RELEASE SAVEPOINT part')
      for (const event of stored) written.stored.push(event)
      return
    } catch (error) {
      const kind = classify(error)
      if (kind === 'retry' || kind === 'permission') throw error
      await tx.query('ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part')
      if (to - from === 1) {
        if (kind === 'other') faults.push(error)
        written.refused.push({ index: decoded.indexes[from] ?? -1, reason: wordRefusal(error) })
        return
      }
    }
    const middle = (from + to) >> 1
    await bisect(from, middle)
    await bisect(middle, to)
  }
}
function wordRefusal(error: unknown): string {
  const sqlstate = sqlstateOf(error)
  return sqlstate === null
    ? `could not be written: ${messageOf(error)}`
    : `PostgreSQL refuses it: ${messageOf(error)} (SQLSTATE ${sqlstate})`
}
