import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'

/** One event in any of the dialects that the audit queue takes: a plain object that JSON can hold. */
export type ProducedEvent = Readonly<Record<string, unknown>>

export interface AuditLoggerOptions {
  redis: Pick<Redis, 'rpush'>
  queueKey?: string
  criticalKey?: string
}

/** Writes audit events to the queue that Gatehouse drains. */
export interface AuditLogger {
  /** Appends events in one command. Rejects when Redis does: the caller knows what was not taken. */
  log(...events: ProducedEvent[]): Promise<void>
  /** The same for events that must be stored ahead of all others. */
  logCritical(...events: ProducedEvent[]): Promise<void>
}

/**
 * An audit logger for the watched application. Every event gets an `event_id` and a `created_at` where it has none, so
 * that it is stored once, however often it is delivered.
 */
export function createAuditLogger({
  redis,
  queueKey = 'audit:queue',
  criticalKey = 'audit:critical',
}: AuditLoggerOptions): AuditLogger {
  const push = async (key: string, events: ProducedEvent[]): Promise<void> => {
    if (events.length > 0) await redis.rpush(key, ...events.map(identified))
  }
  return { log: (...events) => push(queueKey, events), logCritical: (...events) => push(criticalKey, events) }
}

// A check event tells its time as `timestamp`: a `created_at` beside it would make it another dialect.
const identified = (event: ProducedEvent): string =>
  JSON.stringify({
    event_id: randomUUID(),
    ...('timestamp' in event ? {} : { created_at: new Date().toISOString() }),
    ...event,
  })
