import type { AlertEventRef } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { SessionId } from '../../../shared/model/ids.ts'
import type { SearchInput } from '../../../shared/model/page.ts'
import { eventQueryFields, sessionQueryFields } from '../../../shared/model/query-fields.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { SessionIds } from '../session-ids.ts'
import type { Stores } from './either-store.ts'
import { findAll } from './find-all.ts'
import { findEvents } from './find-events.ts'
import { findPage } from './find-page.ts'
import { findSession } from './find-session.ts'
import type { FoundEvents, FoundPage, FoundRows, FoundSession } from './found.ts'
import { matchesEvent } from './match-event.ts'
import { readQuery } from './resolve.ts'
import type { SearchStore } from './search-store.ts'

export interface SearchDeps extends Stores {
  readonly sessionIds: Pick<SessionIds, 'sought'>
  readonly now?: () => number
}

/**
 * Searches PostgreSQL or, while it is away, the cache. Whatever reads a query throws GatehouseError QUERY_SYNTAX where it
 * cannot; whatever reads a store throws TOO_LARGE where PostgreSQL takes too long, and POSTGRES_UNAVAILABLE where it is
 * away and there is no cache.
 */
export interface Search {
  /** Newest first. @throws GatehouseError INVALID_INPUT for a cursor that no search gave */
  events(input: SearchInput): Promise<FoundPage<AuditEvent>>
  /** Newest activity first. @throws GatehouseError INVALID_INPUT for a cursor that no search gave */
  sessions(input: SearchInput): Promise<FoundPage<Session>>
  /** A session by its stored id, and its life. @throws GatehouseError NOT_FOUND */
  session(sessionId: SessionId): Promise<FoundSession>
  /** The evidence of an alert. */
  eventsByRefs(refs: readonly AlertEventRef[]): Promise<FoundEvents>
  /** All events that are dated up to `upTo`, newest first. */
  allEvents(query: string, upTo: Date): Promise<FoundRows<AuditEvent>>
  /** All sessions that were first seen up to `upTo`, by id. */
  allSessions(query: string, upTo: Date): Promise<FoundRows<Session>>
  /** The query as a question to single events, for a live tail. */
  eventFilter(query: string): (event: AuditEvent) => boolean
}

const eventsOf = (store: SearchStore) => store.events
const sessionsOf = (store: SearchStore) => store.sessions

export function createSearch({ postgres, cache, sessionIds, now = Date.now }: SearchDeps): Search {
  const stores = { postgres, cache }
  const reader = (fields: typeof eventQueryFields | typeof sessionQueryFields) => (query: string) =>
    readQuery(query, { fields, nowMs: now(), soughtSession: (typed) => sessionIds.sought(typed) })
  const aboutEvents = reader(eventQueryFields)
  const aboutSessions = reader(sessionQueryFields)

  return {
    events: async (input) => findPage(stores, eventsOf, aboutEvents(input.query), input),
    sessions: async (input) => findPage(stores, sessionsOf, aboutSessions(input.query), input),
    session: (sessionId) => findSession(stores, sessionId),
    eventsByRefs: (refs) => findEvents(stores, refs),
    allEvents: async (query, upTo) => findAll(stores, eventsOf, aboutEvents(query), upTo.getTime()),
    allSessions: async (query, upTo) => findAll(stores, sessionsOf, aboutSessions(query), upTo.getTime()),
    eventFilter: (query) => {
      const condition = aboutEvents(query)
      return (event) => matchesEvent(condition, event)
    },
  }
}
