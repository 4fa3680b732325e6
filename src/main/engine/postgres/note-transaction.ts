import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'

const dayMs = 86_400_000

const sql = `
  INSERT INTO stored_transactions (first_tx, last_tx, days, events)
  SELECT tx, tx, $1::date[], $2 FROM (SELECT pg_current_xact_id()::text::bigint AS tx) AS this
  ON CONFLICT (last_tx) DO UPDATE SET
    days = ARRAY(SELECT DISTINCT unnest(stored_transactions.days || excluded.days)),
    events = stored_transactions.events + excluded.events`

/** Notes for the readers of stored events (feed.ts) that this transaction has some, and of which days. */
export async function noteTransaction(tx: PoolClient, stored: readonly AuditEvent[]): Promise<void> {
  if (stored.length === 0) return
  const days = new Set(stored.map((event) => Math.floor(event.createdAt.getTime() / dayMs)))
  await tx.query(sql, [[...days].map((day) => new Date(day * dayMs).toISOString()), stored.length])
}
