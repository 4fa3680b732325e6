import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { dayOf, startOfDay } from './days.ts'
import { advisoryLocks } from './locks.ts'

/** What this transaction stores, to be read by feed.ts; and, in the same journey, the lock of the boundaries. */
const note = (lock: string): string => `
  WITH noted AS (
    INSERT INTO stored_transactions (first_tx, last_tx, days, events)
    SELECT tx, tx, $1::date[], $2 FROM (SELECT pg_current_xact_id()::text::bigint AS tx) AS this
    ON CONFLICT (last_tx) DO UPDATE SET
      days = ARRAY(SELECT DISTINCT unnest(stored_transactions.days || excluded.days)),
      events = stored_transactions.events + excluded.events
  )
  SELECT ${lock}`

const statements = {
  none: note(''),
  shared: note(`pg_advisory_xact_lock_shared(${advisoryLocks.boundaries})`),
  exclusive: note(`pg_advisory_xact_lock(${advisoryLocks.boundaries})`),
}

/**
 * Notes for the readers of stored events that this transaction has some, at most so many and of those days.
 * @param lock how to hold advisoryLocks.boundaries from here to the end of the transaction
 */
export async function noteTransaction(
  tx: PoolClient,
  events: readonly AuditEvent[],
  lock: keyof typeof statements,
): Promise<void> {
  const days = new Set(events.map((event) => dayOf(event.createdAt)))
  await tx.query(statements[lock], [[...days].map((day) => startOfDay(day).toISOString()), events.length])
}
