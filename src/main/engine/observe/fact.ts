import { blankEvent, type AuditEvent, type Category } from '../../../shared/model/event.ts'
import type { EventId, SessionId } from '../../../shared/model/ids.ts'

/** What the observer can notice, and how grave it is by itself; the rules of the catalogue say from when it is an alert. */
const categories = {
  login_surge: 'info',
  latency_spike: 'warning',
  session_drop: 'critical',
  queue_backlog: 'warning',
  write_failures: 'critical',
  events_dropped: 'critical',
  session_idle: 'info',
  power_user: 'info',
  revoked_session_alive: 'critical',
} as const satisfies Record<string, Category>
export type FactKind = keyof typeof categories

export interface Fact {
  kind: FactKind
  /** When it was so, as exact as it can be told again: with the key it says whether a fact is stored already. */
  at: Date
  /** What tells facts of one kind apart: the minute, the session, the user and the day. */
  key: string
  /** One sentence for people. */
  description: string
  /** The numbers, for rules. */
  metadata: Readonly<Record<string, number | string>>
  userId?: string | null
  sessionId?: SessionId | null
}

/**
 * The row of `audit_logs` that tells a fact. Told twice, by an engine that started again or by the next leader, it is the
 * same row: id and time come from the fact alone.
 */
export function eventOfFact({ kind, at, key, description, metadata, userId, sessionId }: Fact): AuditEvent {
  const eventId = `obs:${kind}:${key}` as EventId
  return {
    ...blankEvent({ eventId, createdAt: at, kind: 'log', type: kind, source: 'gatehouse' }),
    category: categories[kind],
    userId: userId ?? null,
    sessionId: sessionId ?? null,
    resourceType: sessionId === undefined || sessionId === null ? 'system' : 'session',
    description,
    metadata: { ...metadata },
  }
}

const minuteMs = 60_000

/** The minute that a time is in, as keys and times of facts give it. */
export const minuteOf = (atMs: number): Date => new Date(Math.floor(atMs / minuteMs) * minuteMs)
export const minuteKey = (minute: Date): string => minute.toISOString().slice(0, 16)
