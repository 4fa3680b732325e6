import type { EventId } from '../../../shared/model/ids.ts'
import type { Database } from '../postgres/database.ts'
import type { FeedPosition } from '../postgres/read-feed.ts'
import { eventFromRow, eventRowColumns, type EventRow } from '../postgres/rows.ts'
import { timeBound } from '../postgres/time-bound.ts'
import type { Finding } from './alert-change.ts'
import { forgetAfterMs } from './learner.ts'
import type { SpanningAlert, StoredPast } from './restore.ts'
import { readSights } from './stored-sights.ts'
import { isOfTypes } from './stored-types.ts'
import { longestBacklogMs } from './watermark.ts'

const pageSize = 5_000

/** The store's clock (ms since 1970): one for all engines on it. */
export async function storeTimeMs(database: Database): Promise<number> {
  const [row] = await database.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  return row?.now.getTime() ?? Date.now()
}

/** $1 to $4: the place in the feed. What lies before it was read. */
const wasRead = `(tx < $1 OR (tx = $1 AND (created_at, event_id, kind) <= ($2::timestamptz, $3::text, $4::text)))`

/** So many of the last transactions tell whether a backlog was being stored. */
const lastTransactions = 64

// The newest event that was not in the future, or what the last transactions began with, as far back as a backlog reaches.
const markSql = `
  WITH newest AS (
    SELECT created_at AS at FROM audit_events
    WHERE ${wasRead} AND created_at <= now() + $5 * interval '1 millisecond'
    ORDER BY created_at DESC LIMIT 1
  )
  SELECT least(at, (
    SELECT min(lower(span)) FROM (
      SELECT unnest(spans) AS span FROM stored_transactions WHERE tx <= $1 ORDER BY tx DESC LIMIT ${lastTransactions}
    ) AS last WHERE lower(span) >= at - $6 * interval '1 millisecond'
  )) AS at FROM newest`

// Without the condition on the type where all are wanted: a parameter that may be null hides it from the index.
const eventsSql = (ofTypes: boolean) => `
  SELECT ${eventRowColumns} FROM audit_events
  WHERE ${wasRead} AND created_at >= $5 AND created_at < $6 AND (created_at, event_id, kind) > ($5, $7, $8)
    ${ofTypes ? `AND ${isOfTypes('$9')}` : ''}
  ORDER BY audit_events.created_at, event_id, kind LIMIT ${pageSize}`

// $1: rules, and $2: the time of each.
const spanningSql = `
  SELECT a.rule_id AS "ruleId", a.entity, a.severity, a.value, a.summary, a.lists,
         a.suppressed_count AS "suppressedCount", e.count::float8 AS "earlierCount",
         e.last AS "lastAt", first.event_id AS "firstId", first.created_at AS "firstAt"
  FROM alerts a
  JOIN unnest($1::text[], $2::timestamptz[]) AS since (rule_id, before) ON since.rule_id = a.rule_id
  CROSS JOIN LATERAL (
    SELECT count(*) AS count, max(created_at) AS last FROM alert_events
    WHERE alert_id = a.alert_id AND created_at < since.before) AS e
  CROSS JOIN LATERAL (
    SELECT event_id, created_at FROM alert_events WHERE alert_id = a.alert_id
    ORDER BY created_at, event_id COLLATE "C" LIMIT 1) AS first
  WHERE a.window_start < since.before AND a.window_end >= since.before`

/** What was stored before a place in the feed. */
export function storedPast(database: Database, { tx, after }: FeedPosition, latenessMs: number): StoredPast {
  const place = [tx, after?.createdAt ?? '-infinity', after?.eventId ?? '', after?.kind ?? '']
  return {
    async markMs() {
      const [row] = await database.query<{ at: Date }>(markSql, [...place, latenessMs, longestBacklogMs])
      return row?.at.getTime() ?? null
    },
    async *events({ fromMs, toMs, types }) {
      const sql = eventsSql(types !== null)
      let from = [timeBound(fromMs), '', '']
      for (;;) {
        const [since, ...identity] = from
        const bounds = [since, timeBound(toMs), ...identity]
        const rows = await database.query<EventRow>(sql, [...place, ...bounds, ...(types === null ? [] : [[...types]])])
        const page = rows.map(eventFromRow)
        if (page.length > 0) yield page
        const last = page.at(-1)
        if (last === undefined || page.length < pageSize) return
        from = [last.createdAt.toISOString(), last.eventId, last.kind]
      }
    },
    async learned(values, onSights) {
      if (await readSights(database, { sql: wasRead, params: place }, values, onSights)) return
      const { beforeMs, input } = values
      const segment = { fromMs: beforeMs - forgetAfterMs, toMs: beforeMs, types: input.types }
      for await (const events of this.events(segment)) onSights(events)
    },
    async spanning(beforeMs) {
      type Row = Omit<SpanningAlert, 'first' | 'earlierLastMs'> & { lastAt: Date; firstId: EventId; firstAt: Date }
      const times = [...beforeMs.values()].map(timeBound)
      const rows = await database.query<Row>(spanningSql, [[...beforeMs.keys()], times])
      return rows.map(({ lastAt, firstId, firstAt, ...alert }) => ({
        ...alert,
        earlierLastMs: lastAt.getTime(),
        first: { eventId: firstId, atMs: firstAt.getTime() },
      }))
    },
    alertsSince: (fromMs) =>
      database.query<Pick<Finding, 'alertId' | 'eventCount' | 'ruleVersion'>>(
        `SELECT alert_id AS "alertId", event_count AS "eventCount", rule_version AS "ruleVersion"
         FROM alerts WHERE window_end >= $1`,
        [timeBound(fromMs)],
      ),
  }
}
