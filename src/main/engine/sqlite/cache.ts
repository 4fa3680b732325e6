import type { Database } from 'better-sqlite3'
import type { Alert, AlertEventRef } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId, EventId, SessionId } from '../../../shared/model/ids.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Suppression } from '../../../shared/model/suppression.ts'
import type { Sample } from '../../../shared/model/system.ts'
import type { TriageEntry } from '../../../shared/model/triage.ts'
import { alertFromJson, historyFromJson, suppressionFromJson, toJson } from './alert-json.ts'
import { eventColumns, sampleColumns, sessionColumns } from './columns.ts'
import { pruneCache, usedBytes } from './prune.ts'
import { eventToRow, sampleFromRow, sampleToRow, sessionToRow, type StoredRow } from './rows.ts'

/**
 * What the analyst needs when the network is gone, on this machine's disk. Rows are copies: writing one again replaces
 * it. Every call is synchronous and short.
 */
export interface Cache {
  /** `replaced` are events that the audit store does not have any more, because others took their place. */
  putEvents(events: readonly AuditEvent[], replaced?: readonly ReplacedEvent[]): void
  putSessions(sessions: readonly Session[]): void
  putAlert(alert: Alert, events: readonly AlertEventRef[], history: readonly TriageEntry[]): void
  /** Forgets an alert that the audit store does not have any more. */
  dropAlert(alertId: AlertId): void
  /** All that there are: those that are not among them are forgotten. */
  putSuppressions(suppressions: readonly Suppression[]): void
  putSample(sample: Sample): void
  /** Newest first. */
  alerts(): Alert[]
  alertIds(): AlertId[]
  alert(alertId: AlertId): CachedAlert | null
  /** Newest first. */
  suppressions(): Suppression[]
  /** Oldest first, both ends included. */
  samples(fromMs: number, toMs: number): Sample[]
  status(): { bytes: number; events: number; newestAt: Date | null }
  /** Small facts that outlive a restart, as the place of a reader. */
  meta(key: string): string | null
  setMeta(key: string, value: string): void
  /** One transaction around several puts: all or none. */
  together(work: () => void): void
  /** Removes what is too old or too much; returns how many events went. */
  prune(limits: { maxAgeDays: number; maxBytes: number }, nowMs: number): number
  /** For searches: reading only. */
  readonly reader: Database
  close(): void
}

/** Who was told of an alert is not kept here. */
export interface CachedAlert {
  readonly alert: Alert
  /** Oldest first, as the history. */
  readonly events: AlertEventRef[]
  readonly history: TriageEntry[]
  readonly deliveries: null
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
  const readAlerts = database.prepare<[], { alert: string }>(
    'SELECT alert FROM alerts ORDER BY window_end_ms DESC, alert_id',
  )
  const readAlertIds = database.prepare<[], { id: AlertId }>('SELECT alert_id AS id FROM alerts')
  const readAlert = database.prepare<[string], { alert: string; history: string }>(
    'SELECT alert, history FROM alerts WHERE alert_id = ?',
  )
  const readAlertEvents = database.prepare<[string], { created_at_ms: number; event_id: EventId }>(
    'SELECT created_at_ms, event_id FROM alert_events WHERE alert_id = ? ORDER BY created_at_ms, event_id',
  )
  const dropSuppressions = database.prepare('DELETE FROM suppressions')
  const putSuppression = database.prepare(
    'INSERT INTO suppressions (suppression_id, created_at_ms, suppression) VALUES (?, ?, ?)',
  )
  const readSuppressions = database.prepare<[], { suppression: string }>(
    'SELECT suppression FROM suppressions ORDER BY created_at_ms DESC, suppression_id',
  )
  const readSamples = database.prepare<[number, number], StoredRow>(
    'SELECT * FROM samples WHERE at_ms BETWEEN ? AND ? ORDER BY at_ms',
  )
  const newest = database.prepare<[], { events: number; newest: number | null }>(
    'SELECT count(*) AS events, max(created_at_ms) AS newest FROM events',
  )
  const readMeta = database.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?')
  const putMeta = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
  const together = (work: () => void): void => database.transaction(work)()

  return {
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
    alerts: () => readAlerts.all().map(({ alert }) => alertFromJson(alert)),
    alertIds: () => readAlertIds.all().map(({ id }) => id),
    alert: (alertId) => {
      const found = readAlert.get(alertId)
      if (found === undefined) return null
      const events = readAlertEvents.all(alertId)
      return {
        alert: alertFromJson(found.alert),
        history: historyFromJson(found.history),
        deliveries: null,
        events: events.map(({ event_id, created_at_ms }) => ({
          eventId: event_id,
          createdAt: new Date(created_at_ms),
        })),
      }
    },
    suppressions: () => readSuppressions.all().map(({ suppression }) => suppressionFromJson(suppression)),
    samples: (fromMs, toMs) => readSamples.all(fromMs, toMs).map(sampleFromRow),
    status: () => {
      const found = newest.get()
      const newestMs = found?.newest ?? null
      return {
        bytes: usedBytes(database),
        events: found?.events ?? 0,
        newestAt: newestMs === null ? null : new Date(newestMs),
      }
    },
    meta: (key) => readMeta.get(key)?.value ?? null,
    setMeta: (key, value) => void putMeta.run(key, value),
    prune: (limits, nowMs) => pruneCache(database, limits, nowMs),
    reader: database,
    close: () => void database.close(),
  }
}
