import { z } from 'zod'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Database } from './database.ts'
import { prunedSetting } from './prune-notes.ts'
import { eventFromRow, eventRowColumns, type EventRow } from './rows.ts'

/**
 * A place in the order in which events became visible: by transaction, and within one by time, id and kind. All before it
 * was read: `after` is the last event read of a transaction that is not finished. JSON-safe; ids of transactions are
 * 64-bit numbers as text.
 */
export const FeedPosition = z.object({
  tx: z.string().regex(/^\d+$/),
  after: z.object({ createdAt: z.string(), eventId: z.string(), kind: z.string() }).nullable(),
})
export type FeedPosition = z.infer<typeof FeedPosition>

export interface FeedPage {
  events: AuditEvent[]
  /** Where to go on. An empty page may lead on too: its events were superseded. */
  position: FeedPosition
  /** Nothing more was stored by now. */
  done: boolean
  /** The reader was away longer than transactions are noted (prune-notes.ts): what it missed before them is left out. */
  gap: boolean
}

export const feedBeginning: FeedPosition = { tx: '0', after: null }

/** No transaction that is still under way, and none to come, has a lower id than this. */
const horizon = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint'

/** What the next transactions with about as many events as wanted cover, one row a day. */
const nextSpans = `
  WITH finished AS (
    SELECT tx, spans, sum(events) OVER (ORDER BY tx) - events AS before
    FROM (SELECT * FROM stored_transactions WHERE tx >= $1 AND tx < ${horizon} ORDER BY tx LIMIT $2) AS first
  )
  SELECT max(max(tx)) OVER () AS last_tx, min(lower(span))::text AS from, max(upper(span))::text AS to,
         (SELECT value::text::bigint >= $1 FROM gatehouse_settings WHERE key = '${prunedSetting}') AS gap
  FROM finished, unnest(spans) AS span WHERE before < $2
  GROUP BY date_trunc('day', lower(span), 'UTC') ORDER BY min(lower(span))`

interface DaySpan {
  last_tx: string
  from: string
  to: string
  gap: boolean | null
}

/** More stretches of time than this cost more to plan than they spare. */
const maxSpans = 16

/** The place after all that is stored by now. */
export async function feedEnd(db: Pick<Database, 'query'>): Promise<FeedPosition> {
  const rows = await db.query<{ tx: string }>(`SELECT ${horizon} AS tx`)
  return { tx: rows[0]?.tx ?? '0', after: null }
}

/**
 * The next events after `position`, at most `limit`. Nothing is missed: a transaction is read only when all with lower ids
 * have ended, so one that commits late comes late, but it comes. (A transaction anywhere in the server that has an id and
 * stays open holds all readers up.)
 */
export async function readFeed(db: Pick<Database, 'query'>, position: FeedPosition, limit: number): Promise<FeedPage> {
  const days = await db.query<DaySpan>(nextSpans, [position.tx, limit])
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return { events: [], position, done: true, gap: false }
  // One day's latest may be later than the next one's: a hull need not be exact, the transactions' ids are.
  const spans = days.length > maxSpans ? [{ from: first.from, to: 'infinity' }] : days
  const rows = await readRows(db, position, last.last_tx, spans, limit)
  const end = rows.length < limit ? undefined : rows.at(-1)
  const next = end === undefined ? { tx: String(BigInt(last.last_tx) + 1n), after: null } : positionOf(end)
  const gap = first.gap === true && position.tx !== feedBeginning.tx
  return { events: rows.map(eventFromRow), position: next, done: false, gap }
}

interface FeedRow extends EventRow {
  tx: string
  exact_time: string
}

/** With microseconds, which a Date has not. */
const positionOf = ({ tx, exact_time, event_id, kind }: FeedRow): FeedPosition => ({
  tx,
  after: { createdAt: exact_time, eventId: event_id, kind },
})

function readRows(
  db: Pick<Database, 'query'>,
  { tx, after }: FeedPosition,
  lastTx: string,
  spans: readonly { from: string; to: string }[],
  limit: number,
): Promise<FeedRow[]> {
  const params: unknown[] = [tx, lastTx, limit]
  const bind = (value: unknown): string => `$${params.push(value)}`
  // Bounds that are known when the statement is planned leave all other partitions out.
  const within = spans.map(({ from, to }) => `created_at BETWEEN ${bind(from)} AND ${bind(to)}`).join(' OR ')
  const beyond =
    after === null
      ? 'true'
      : `(tx, created_at, event_id, kind) > ($1, ${bind(after.createdAt)}, ${bind(after.eventId)}, ${bind(after.kind)})`
  return db.query<FeedRow>(
    `SELECT ${eventRowColumns}, tx, created_at::text AS exact_time FROM audit_events
     WHERE tx BETWEEN $1 AND $2 AND (${within}) AND ${beyond}
     ORDER BY tx, audit_events.created_at, event_id, kind LIMIT $3`,
    params,
  )
}
