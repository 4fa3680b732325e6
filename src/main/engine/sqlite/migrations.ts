import type { Database } from 'better-sqlite3'
import { GatehouseError } from '../../../shared/errors.ts'

/**
 * The cache's schema, step by step; `user_version` counts the steps that were taken. Times are milliseconds since 1970;
 * `ip_key` is the address in 16 bytes that sort as addresses do (addressKey).
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE events (
    event_id TEXT NOT NULL, created_at_ms INTEGER NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, category TEXT,
    user_id TEXT, user_email TEXT, session_id TEXT, ip_address TEXT, ip_key BLOB, user_agent TEXT, country TEXT,
    auth_method TEXT, resource_type TEXT, resource_id TEXT, description TEXT, status TEXT, error_message TEXT,
    duration_ms REAL, expires_at_ms INTEGER, last_active_ms INTEGER, is_active INTEGER, force_logout INTEGER,
    source TEXT NOT NULL, metadata TEXT NOT NULL,
    PRIMARY KEY (created_at_ms, event_id, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX events_user ON events (user_id, created_at_ms);
  CREATE INDEX events_session ON events (session_id, created_at_ms) WHERE session_id IS NOT NULL;
  CREATE INDEX events_ip ON events (ip_key, created_at_ms) WHERE ip_key IS NOT NULL;

  CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY, user_id TEXT, profile TEXT NOT NULL, is_active INTEGER NOT NULL,
    force_logout INTEGER NOT NULL, ip_address TEXT, ip_key BLOB, user_agent TEXT, country TEXT, last_active_ms INTEGER,
    expires_at_ms INTEGER, api_call_count INTEGER NOT NULL, first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL,
    ended_at_ms INTEGER, end_reason TEXT, metadata TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_user ON sessions (user_id);
  CREATE INDEX sessions_activity ON sessions (coalesce(last_active_ms, first_seen_ms), session_id);

  CREATE TABLE alerts (
    alert_id TEXT PRIMARY KEY, window_end_ms INTEGER NOT NULL, alert TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alerts_window_end ON alerts (window_end_ms);
  CREATE TABLE alert_events (
    alert_id TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE, created_at_ms INTEGER NOT NULL, event_id TEXT NOT NULL,
    PRIMARY KEY (alert_id, created_at_ms, event_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE samples (
    at_ms INTEGER PRIMARY KEY, active_sessions REAL, logins_per_second REAL, failures_per_second REAL,
    queue_depth REAL, stored_per_second REAL
  ) STRICT;

  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  'ALTER TABLE samples ADD COLUMN redis_latency_ms REAL',
  `
  ALTER TABLE alerts ADD COLUMN history TEXT NOT NULL DEFAULT '[]';
  UPDATE alerts SET alert = json_set(alert, '$.verdict', NULL, '$.revision', 0);
  CREATE TABLE suppressions (
    suppression_id TEXT PRIMARY KEY, created_at_ms INTEGER NOT NULL, suppression TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
]

/** Brings the cache to this program's schema. @throws GatehouseError CACHE_UNAVAILABLE where a newer program made it */
export function migrateCache(database: Database): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > migrations.length) {
    throw new GatehouseError(
      'CACHE_UNAVAILABLE',
      `The cache ${database.name} was made by a newer Gatehouse (schema ${version}, this one knows ${migrations.length}): update, or delete the file.`,
    )
  }
  for (const [step, sql] of migrations.entries()) {
    if (step < version) continue
    database.transaction(() => {
      database.exec(sql)
      database.pragma(`user_version = ${step + 1}`)
    })()
  }
}
