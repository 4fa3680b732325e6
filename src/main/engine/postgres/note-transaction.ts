import type { AuditEvent } from '../../../shared/model/event.ts'
import { dayOf } from './days.ts'
import { advisoryLocks } from './locks.ts'
import type { Statement } from './run-together.ts'

/** What this transaction stores, to be read by read-feed.ts; and, in the same journey, the lock of the boundaries. */
const note = (lock: string): string => `
  WITH noted AS (
    INSERT INTO stored_transactions (tx, events, spans)
    VALUES (pg_current_xact_id()::text::bigint, $1, $2::tstzmultirange)
    ON CONFLICT (tx) DO UPDATE SET
      events = stored_transactions.events + excluded.events,
      spans = stored_transactions.spans + excluded.spans
  )
  SELECT ${lock}`

const statements = {
  none: note(''),
  shared: note(`pg_advisory_xact_lock_shared(${advisoryLocks.boundaries})`),
  exclusive: note(`pg_advisory_xact_lock(${advisoryLocks.boundaries})`),
}

/**
 * Notes for the readers of stored events that this transaction has some: at most so many, and of those times.
 * @param lock how to hold advisoryLocks.boundaries from here to the end of the transaction
 */
export const noteTransaction = (events: readonly AuditEvent[], lock: keyof typeof statements): Statement => ({
  text: statements[lock],
  values: [String(events.length), `{${spansOf(events).join(',')}}`],
})

/** The times of these events as ranges, one a day, so that a single event of 1970 among those of today does not mean all the days between. */
export function spansOf(events: readonly AuditEvent[]): string[] {
  const spans = new Map<number, { fromMs: number; toMs: number }>()
  for (const { createdAt } of events) {
    const day = dayOf(createdAt)
    const atMs = createdAt.getTime()
    const span = spans.get(day)
    if (span === undefined) spans.set(day, { fromMs: atMs, toMs: atMs })
    else if (atMs < span.fromMs) span.fromMs = atMs
    else if (atMs > span.toMs) span.toMs = atMs
  }
  const iso = (ms: number): string => new Date(ms).toISOString()
  return [...spans.values()].map(({ fromMs, toMs }) => `[${iso(fromMs)},${iso(toMs)}]`)
}
