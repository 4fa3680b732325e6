import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { Database } from '../../postgres/database.ts'
import { eventFromRow, eventRowColumns, type EventRow } from '../../postgres/rows.ts'
import { timeBound } from '../../postgres/time-bound.ts'
import { inOrder } from './in-order.ts'
import { noFaults, TimeProgress, type EventSource, type TimeSpan } from './source.ts'

const pageSize = 5_000

const extentSql = `
  SELECT min(created_at) AS first, max(created_at) AS last FROM audit_events WHERE created_at >= $1 AND created_at < $2`

const pageSql = `
  SELECT ${eventRowColumns} FROM audit_events
  WHERE created_at >= $1 AND created_at < $2 AND (created_at, event_id, kind) > ($1, $3::text, $4::text)
  ORDER BY audit_events.created_at, event_id, kind LIMIT ${pageSize}`

/** The events that the audit store has. */
export function postgresSource(database: Database): EventSource {
  let progress = new TimeProgress({ fromMs: 0, toMs: Number.POSITIVE_INFINITY })

  async function* read({ fromMs, toMs }: TimeSpan, signal: AbortSignal): AsyncGenerator<AuditEvent[]> {
    const bounds = [timeBound(fromMs), timeBound(toMs)]
    const [extent] = await database.query<{ first: Date | null; last: Date | null }>(extentSql, bounds)
    if (extent === undefined || extent.first === null || extent.last === null) return
    progress = new TimeProgress({ fromMs: extent.first.getTime(), toMs: extent.last.getTime() })
    let after = { at: extent.first.toISOString(), eventId: '', kind: '' }
    while (!signal.aborted) {
      const rows = await database.query<EventRow>(pageSql, [after.at, bounds[1], after.eventId, after.kind])
      const last = rows.at(-1)
      if (last === undefined) return
      const page = rows.map(eventFromRow)
      progress.reach(page.at(-1))
      yield page
      if (rows.length < pageSize) return
      after = { at: last.created_at.toISOString(), eventId: last.event_id, kind: last.kind }
    }
  }

  return {
    kind: 'postgres',
    name: null,
    pages: (span, signal) => inOrder(read(span, signal)),
    fraction: () => progress.fraction,
    faults: () => noFaults,
  }
}
