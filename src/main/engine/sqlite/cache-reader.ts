import type { Database } from 'better-sqlite3'
import type { Alert, AlertEventRef } from '../../../shared/model/alert.ts'
import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { Suppression } from '../../../shared/model/suppression.ts'
import type { Sample } from '../../../shared/model/system.ts'
import type { TriageEntry } from '../../../shared/model/triage.ts'
import { alertFromJson, historyFromJson, suppressionFromJson } from './alert-json.ts'
import { usedBytes } from './prune.ts'
import { sampleFromRow, type StoredRow } from './rows.ts'

export interface CacheStatus {
  bytes: number
  events: number
  newestAt: Date | null
}

/** What the cache holds. Every call is synchronous and short, but for `status`, which counts. */
export interface CacheReader {
  /** Newest first. */
  alerts(): Alert[]
  alertIds(): AlertId[]
  alert(alertId: AlertId): CachedAlert | null
  /** Newest first. */
  suppressions(): Suppression[]
  /** Oldest first, both ends included. */
  samples(fromMs: number, toMs: number): Sample[]
  status(): CacheStatus
  /** Small facts that outlive a restart, as the place of a reader. */
  meta(key: string): string | null
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

/** @param database may be open for reading alone */
export function createCacheReader(database: Database): CacheReader {
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

  return {
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
    reader: database,
    close: () => void database.close(),
  }
}
