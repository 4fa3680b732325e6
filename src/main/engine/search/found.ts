import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Origin } from '../../../shared/model/page.ts'
import type { Session } from '../../../shared/model/session.ts'

export interface FoundPage<Row> {
  readonly rows: Row[]
  /** Where the next page starts; null after the last. */
  readonly nextCursor: string | null
  readonly origin: Origin
}

/** All rows of one store that a query selects, page after page. */
export interface FoundRows<Row> {
  readonly store: Origin['store']
  readonly pages: AsyncIterable<readonly Row[]>
}

export interface FoundSession {
  readonly session: Session
  /** Its events, oldest first: the newest 1,000 of them. */
  readonly timeline: AuditEvent[]
  readonly origin: Origin
}

export interface FoundEvents {
  /** Oldest first. */
  readonly events: AuditEvent[]
  /** How many the store no longer has. */
  readonly missingEvents: number
  readonly origin: Origin
}
