import type { AuditEvent } from '../../../shared/model/event.ts'
import { EventId } from '../../../shared/model/ids.ts'
import { feedEnd, FeedPosition, readFeed } from '../postgres/read-feed.ts'
import { eventFromRow, eventRowColumns, type EventRow } from '../postgres/rows.ts'
import type { ReplacedEvent } from '../sqlite/cache.ts'
import type { FillContext } from './deps.ts'
import { putAll } from './put-all.ts'

const placeKey = 'offline.events'
/** One transaction of the cache, and what lies in memory of it. */
const pageSize = 5_000
/** With these an empty cache begins, before it follows what is stored. */
const firstEvents = 50_000

/** Brings the cache's events up to what is stored now, from where it last was, and tells of each page. @returns how many there were */
export async function fillEvents(
  context: FillContext,
  tell: (events: readonly AuditEvent[], isLast: boolean) => void,
  signal: AbortSignal,
): Promise<number> {
  let filled = 0
  for (let place = (await placeOf(context)) ?? (await begin(context, signal)); !signal.aborted;) {
    const { events, position, done } = await readFeed(context.database, place, pageSize)
    context.cache.together(() => {
      putEvents(context, events)
      context.cache.setMeta(placeKey, JSON.stringify(position))
    })
    filled += events.length
    tell(events, done)
    if (done) break
    place = position
  }
  return filled
}

/** Null for a cache that never was filled, or from a store that has been set up anew since: its count began again. */
async function placeOf({ cache, database }: FillContext): Promise<FeedPosition | null> {
  const stored = cache.meta(placeKey)
  if (stored === null) return null
  const place = FeedPosition.parse(JSON.parse(stored))
  const end = await feedEnd(database)
  return BigInt(place.tx) > BigInt(end.tx) ? null : place
}

/** The newest events first, since they are what is looked at; whatever is stored meanwhile comes after the place. */
async function begin(context: FillContext, signal: AbortSignal): Promise<FeedPosition> {
  const place = await feedEnd(context.database)
  let last: EventRow | undefined
  for (let count = 0; count < firstEvents && !signal.aborted; count += pageSize) {
    const rows: EventRow[] = await context.database.query<EventRow>(newestSql, [
      context.oldest().toISOString(),
      last?.created_at.toISOString() ?? 'infinity',
      last?.event_id ?? '',
      last?.kind ?? '',
      pageSize,
    ])
    putEvents(context, rows.map(eventFromRow))
    last = rows.at(-1)
    if (rows.length < pageSize) break
  }
  return place
}

const newestSql = `
  SELECT ${eventRowColumns} FROM audit_events
  WHERE created_at >= $1 AND created_at <= $2 AND (created_at, event_id, kind) < ($2, $3, $4)
  ORDER BY audit_events.created_at DESC, event_id DESC, kind DESC LIMIT $5`

function putEvents({ cache, problems, oldest }: FillContext, events: readonly AuditEvent[]): void {
  const oldestMs = oldest().getTime()
  const recent = events.filter(({ createdAt }) => createdAt.getTime() >= oldestMs)
  const replaced = events.flatMap((event) => replacedBy(event) ?? [])
  const put = (some: readonly AuditEvent[]) => cache.putEvents(some)
  putAll(recent, put, (event) => problems.report('cache', 'an event that the cache cannot hold', event.eventId))
  cache.putEvents([], replaced)
}

/** What the mirror had inferred, and the application then reported (see postgres/settle-boundaries.ts). */
function replacedBy({ sessionId, metadata }: AuditEvent): ReplacedEvent | null {
  const eventId = EventId.safeParse(metadata.supersedes)
  return sessionId !== null && eventId.success ? { sessionId, eventId: eventId.data } : null
}
