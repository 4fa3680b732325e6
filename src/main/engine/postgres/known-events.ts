import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { isoTime } from '../iso-time.ts'
import type { EventTable } from './event-columns.ts'

/**
 * Leaves out the events that the table holds already. What another transaction stores at the same time may be among the
 * rest: the primary key decides.
 *
 * One look at the key an event. Storing finds the same out, but COPY only after it wrote the rows, in vain.
 */
export async function withoutKnown(
  tx: PoolClient,
  { name }: EventTable,
  events: readonly AuditEvent[],
): Promise<readonly AuditEvent[]> {
  if (events.length === 0) return events
  const byTime = (one: AuditEvent, other: AuditEvent) => (other.createdAt < one.createdAt ? other : one)
  const oldest = events.reduce(byTime)
  const newest = events.reduce((one, other) => (byTime(one, other) === one ? other : one))
  // The bounds let PostgreSQL leave the other partitions out when it plans; one digit an event is all that comes back.
  const { rows } = await tx.query<{ known: string }>(
    `SELECT string_agg(EXISTS (
       SELECT FROM ${name} AS stored
        WHERE stored.created_at = given.created_at AND stored.event_id = given.event_id
          AND stored.created_at BETWEEN $3 AND $4
     )::int::text, '' ORDER BY place) AS known
     FROM unnest($1::timestamptz[], $2::text[]) WITH ORDINALITY AS given (created_at, event_id, place)`,
    [
      events.map(({ createdAt }) => isoTime(createdAt)),
      events.map(({ eventId }) => eventId),
      isoTime(oldest.createdAt),
      isoTime(newest.createdAt),
    ],
  )
  const known = rows[0]?.known ?? ''
  return events.filter((_, place) => known[place] !== '1')
}
