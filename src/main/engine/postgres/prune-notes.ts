import type { Database } from './database.ts'

/** Setting with the last transaction of which the note was removed. */
export const prunedSetting = 'feed-pruned'

/** How long a reader of stored events may be away and still miss none. */
const transactionsKeptFor = '14 days'
/** How long after the mirror inferred a start or an end the application's report of it may come. */
const boundariesKeptFor = '30 days'

/** Removes notes that nobody needs any more: of stored transactions, and of what the mirror inferred. */
export async function pruneNotes(db: Database): Promise<void> {
  await db.query(
    `WITH gone AS (DELETE FROM stored_transactions WHERE stored_at < now() - $2::interval RETURNING tx)
     INSERT INTO gatehouse_settings (key, value)
     SELECT $1, to_jsonb(max(tx)) FROM gone HAVING count(*) > 0
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [prunedSetting, transactionsKeptFor],
  )
  await db.query('DELETE FROM inferred_boundaries WHERE created_at < now() - $1::interval', [boundariesKeptFor])
}
