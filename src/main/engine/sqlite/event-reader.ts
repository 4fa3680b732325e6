import type { Database } from 'better-sqlite3'
import type { AuditEvent, EventSource, Metadata } from '../../../shared/model/event.ts'
import type { EventId, SessionId } from '../../../shared/model/ids.ts'

export interface EventReader {
  /** Times (ms) of the first event from `fromMs` on and of the last before `toMs`; null where there is none. */
  extent(fromMs: number, toMs: number): { fromMs: number; toMs: number } | null
  /** Events from `fromMs` to before `toMs` (infinite: no bound), by time and identity. */
  events(fromMs: number, toMs: number): Iterable<AuditEvent>
}

type Text = string | null

/** A row of `events` in the order of `columns`. Tables are STRICT and written by eventToRow alone: types need no check. */
type Row = [
  ...[eventId: EventId, createdAtMs: number, kind: AuditEvent['kind'], type: string, category: AuditEvent['category']],
  ...[userId: Text, userEmail: Text, sessionId: SessionId | null, ipAddress: Text, userAgent: Text, country: Text],
  ...[authMethod: Text, resourceType: Text, resourceId: Text, description: Text, status: Text, errorMessage: Text],
  ...[durationMs: number | null, expiresAtMs: number | null, lastActiveMs: number | null],
  ...[isActive: number | null, forceLogout: number | null, source: EventSource, metadata: string],
]
const columns = `event_id, created_at_ms, kind, type, category, user_id, user_email, session_id, ip_address, user_agent, country,
  auth_method, resource_type, resource_id, description, status, error_message, duration_ms, expires_at_ms, last_active_ms,
  is_active, force_logout, source, metadata`

/** Reads many events in a row: much faster than by the names of columns, and JSON is parsed when it is asked for. */
export function eventReader(database: Database): EventReader {
  const inside = 'FROM events WHERE created_at_ms >= ? AND created_at_ms < ? ORDER BY created_at_ms'
  const edge = (order: string) =>
    database.prepare<[number, number], number>(`SELECT created_at_ms ${inside} ${order} LIMIT 1`).pluck()
  const [first, last] = [edge('ASC'), edge('DESC')]
  const rows = database.prepare<[number, number], Row>(`SELECT ${columns} ${inside}, event_id, kind`).raw()
  return {
    extent(fromMs, toMs) {
      const span = [finite(fromMs), finite(toMs)] as const
      const [from, to] = [first.get(...span), last.get(...span)]
      return from === undefined || to === undefined ? null : { fromMs: from, toMs: to }
    },
    *events(fromMs, toMs) {
      for (const row of rows.iterate(finite(fromMs), finite(toMs))) yield new CachedEvent(row)
    },
  }
}

/** SQLite keeps times as 64-bit integers, and knows no infinity among them. */
const finite = (ms: number): number => Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, ms))

const timeOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
const flagOf = (value: number | null): boolean | null => (value === null ? null : value === 1)

const noMetadata: Metadata = Object.freeze({})

class CachedEvent implements AuditEvent {
  readonly eventId: EventId
  readonly createdAt: Date
  readonly kind: AuditEvent['kind']
  readonly type: string
  readonly category: AuditEvent['category']
  readonly userId: Text
  readonly userEmail: Text
  readonly sessionId: SessionId | null
  readonly ipAddress: Text
  readonly userAgent: Text
  readonly country: Text
  readonly authMethod: Text
  readonly resourceType: Text
  readonly resourceId: Text
  readonly description: Text
  readonly status: Text
  readonly errorMessage: Text
  readonly durationMs: number | null
  readonly source: EventSource
  readonly #row: Row
  #metadata: Metadata | null = null

  constructor(row: Row) {
    this.#row = row
    this.eventId = row[0]
    this.createdAt = new Date(row[1])
    this.kind = row[2]
    this.type = row[3]
    this.category = row[4]
    this.userId = row[5]
    this.userEmail = row[6]
    this.sessionId = row[7]
    this.ipAddress = row[8]
    this.userAgent = row[9]
    this.country = row[10]
    this.authMethod = row[11]
    this.resourceType = row[12]
    this.resourceId = row[13]
    this.description = row[14]
    this.status = row[15]
    this.errorMessage = row[16]
    this.durationMs = row[17]
    this.source = row[22]
  }

  get expiresAt(): Date | null {
    return timeOf(this.#row[18])
  }

  get lastActive(): Date | null {
    return timeOf(this.#row[19])
  }

  get isActive(): boolean | null {
    return flagOf(this.#row[20])
  }

  get forceLogout(): boolean | null {
    return flagOf(this.#row[21])
  }

  get metadata(): Metadata {
    // Rules look into that of every event, and most have none.
    this.#metadata ??= this.#row[23] === '{}' ? noMetadata : (JSON.parse(this.#row[23]) as Metadata)
    return this.#metadata
  }
}
