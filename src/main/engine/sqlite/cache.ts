import type { Database } from 'better-sqlite3'
import type { Alert, AlertEventRef } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId, EventId, SessionId } from '../../../shared/model/ids.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Suppression } from '../../../shared/model/suppression.ts'
import type { Sample } from '../../../shared/model/system.ts'
import type { TriageEntry } from '../../../shared/model/triage.ts'
import { toJson } from './alert-json.ts'
import { createCacheReader, type CacheReader } from './cache-reader.ts'
import { eventColumns, sampleColumns, sessionColumns } from './columns.ts'
import { pruneCache } from './prune.ts'
import { eventToRow, sampleToRow, sessionToRow } from './rows.ts'

/**
 * What the analyst needs when the network is gone, on this machine's disk. Rows are copies: writing one again replaces
 * it. One thread writes (cache-worker.ts), and holds nobody else up.
 */
export interface Cache extends CacheReader {
  /** `replaced` are events that the audit store does not have any more, because others took their place. */
  putEvents(events: readonly AuditEvent[], replaced?: readonly ReplacedEvent[]): void
  putSessions(sessions: readonly Session[]): void
  putAlert(alert: Alert, events: readonly AlertEventRef[], history: readonly TriageEntry[]): void
  /** Forgets an alert that the audit store does not have any more. */
  dropAlert(alertId: AlertId): void
  /** All that there are: those that are not among them are forgotten. */
  putSuppressions(suppressions: readonly Suppression[]): void
  putSample(sample: Sample): void
  setMeta(key: string, value: string): void
  /** One transaction around several puts: all or none. */
  together(work: () => void): void
  /** Removes what is too old or too much; returns how many events went. */
  prune(limits: { maxAgeDays: number; maxBytes: number }, nowMs: number): number
}

/** With its session, by which the cache finds it. */
export interface ReplacedEvent {
  readonly sessionId: SessionId
  readonly eventId: EventId
}

const upsert = (table: string, columns: readonly string[]): string =>
  `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`

export function createCache(database: Database): Cache {
  const putEvent = database.prepare(upsert('events', [...Object.keys(eventColumns), 'ip_key']))
  const dropEvent = database.prepare('DELETE FROM events WHERE session_id = ? AND event_id = ?')
  const putSession = database.prepare(upsert('sessions', [...Object.keys(sessionColumns), 'ip_key']))
  const putSample = database.prepare(upsert('samples', Object.keys(sampleColumns)))
  const putAlert = database.prepare(
    'INSERT OR REPLACE INTO alerts (alert_id, window_end_ms, alert, history) VALUES (?, ?, ?, ?)',
  )
  const dropAlert = database.prepare('DELETE FROM alerts WHERE alert_id = ?')
  const putAlertEvent = database.prepare(
    'INSERT OR IGNORE INTO alert_events (alert_id, created_at_ms, event_id) VALUES (?, ?, ?)',
  )
  const dropSuppressions = database.prepare('DELETE FROM suppressions')
  const putSuppression = database.prepare(
    'INSERT INTO suppressions (suppression_id, created_at_ms, suppression) VALUES (?, ?, ?)',
  )
  const putMeta = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
  const together = (work: () => void): void => database.transaction(work)()

  return {
    ...createCacheReader(database),
    together,
    putEvents: (events, replaced = []) =>
      together(() => {
        for (const { sessionId, eventId } of replaced) dropEvent.run(sessionId, eventId)
        for (const event of events) putEvent.run(eventToRow(event))
      }),
    putSessions: (sessions) =>
      together(() => {
        for (const session of sessions) putSession.run(sessionToRow(session))
      }),
    putAlert: (alert, events, history) =>
      together(() => {
        putAlert.run(alert.alertId, alert.windowEnd.getTime(), toJson(alert), toJson(history))
        for (const { eventId, createdAt } of events) putAlertEvent.run(alert.alertId, createdAt.getTime(), eventId)
      }),
    dropAlert: (alertId) => void dropAlert.run(alertId),
    putSuppressions: (suppressions) =>
      together(() => {
        dropSuppressions.run()
        for (const suppression of suppressions) {
          putSuppression.run(suppression.suppressionId, suppression.createdAt.getTime(), toJson(suppression))
        }
      }),
    putSample: (sample) => void putSample.run(sampleToRow(sample)),
    setMeta: (key, value) => void putMeta.run(key, value),
    prune: (limits, nowMs) => pruneCache(database, limits, nowMs),
  }
}
