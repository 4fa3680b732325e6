import type { Database } from '../postgres/database.ts'

/**
 * A moment of the audit store by its own count of transactions: all with lower ids had ended by then. Rows that are
 * changed in place have no feed, but each carries the transaction that wrote it (xmin), so what changed since a moment is
 * found without trusting any clock, and a transaction that commits late is not missed.
 */
export type StoreMoment = string

export async function storeMoment(database: Database): Promise<StoreMoment> {
  const [row] = await database.query<{ moment: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS moment',
  )
  return row?.moment ?? '0'
}

/** A row's transaction id has 32 bits and goes round: half of the circle is "since", the other half "before". */
const circle = 4_294_967_296

/** Holds for rows written at the moment bound as `parameter` or later. */
export const writtenSince = (parameter: `$${number}`): string =>
  `(xmin::text::bigint - ${parameter}::bigint % ${circle} + ${circle}) % ${circle} < ${circle / 2}`
