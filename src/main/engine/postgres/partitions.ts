import type { PoolClient } from 'pg'
import type { Database } from './database.ts'
import { compactDay, dayOf, startOfDay } from './days.ts'
import { advisoryLocks } from './locks.ts'

const tables = ['audit_sessions', 'audit_logs'] as const

/** Whoever holds the table or its default partition is waited for so long, and others behind us; then we try later. */
const lockTimeout = '5s'

/** The days whose partitions are to exist now: yesterday, for late events, to so many days ahead. */
export const partitionDays = (now: Date, aheadDays: number): { fromDay: number; toDay: number } => ({
  fromDay: dayOf(now) - 1,
  toDay: dayOf(now) + aheadDays,
})

/**
 * Makes the missing partitions of the UTC days from `fromDay` to `toDay` (days since 1970, both included). Rows of such a
 * day that lie in the default partition move into the new one. Several engines may do this at the same time.
 * @returns names of those that were made
 * @throws DatabaseError 55P03 when the default partition stayed busy; those made before are kept
 */
export async function ensurePartitions(
  db: Database,
  { fromDay, toDay }: { fromDay: number; toDay: number },
): Promise<string[]> {
  const made: string[] = []
  for (const table of tables) {
    const existing = await partitionsOf(db, table)
    for (let day = fromDay; day <= toDay; day++) {
      const name = `${table}_${compactDay(day)}`
      if (existing.has(name)) continue
      // One transaction each: the default partition is locked no longer than it takes to move one day.
      if (await db.transaction((tx) => makePartition(tx, table, name, day))) made.push(name)
    }
  }
  return made
}

async function partitionsOf(db: Database, table: string): Promise<Set<string>> {
  const rows = await db.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass',
    [table],
  )
  return new Set(rows.map(({ name }) => name))
}

/** False when another engine was quicker. */
async function makePartition(tx: PoolClient, table: string, name: string, day: number): Promise<boolean> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.partitions])
  const { rows } = await tx.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name])
  if (rows[0]?.there === true) return false
  await tx.query(`SET LOCAL lock_timeout = '${lockTimeout}'`)
  const [from, to] = [startOfDay(day).toISOString(), startOfDay(day + 1).toISOString()]
  // Writers wait here, readers go on. A writer that had already chosen the default partition for a row of that day
  // would be refused once the new one is attached.
  await tx.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`)
  await tx.query(`LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE`)
  // Made apart and attached, because CREATE TABLE ... PARTITION OF would lock out readers too, and refuse what lies in
  // the default partition. The identity column is the parent's.
  await tx.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL EXCLUDING IDENTITY)`)
  await tx.query(
    `WITH moved AS (DELETE FROM ${table}_default WHERE created_at >= '${from}' AND created_at < '${to}' RETURNING *)
     INSERT INTO ${name} SELECT * FROM moved`,
  )
  await tx.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`)
  return true
}
