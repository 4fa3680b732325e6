-- The audit tables. Names of tables and columns are a public interface. Times by which rows are paged have milliseconds,
-- as all that reads them: with more, a page could not say exactly where the next one starts.
-- tx is the transaction that stored the row: readers that must miss no late commit read in its order, up to
-- pg_snapshot_xmin. BRIN, because rows lie on disk in nearly that order and the index then costs next to nothing; a
-- bigint, because BRIN does not know xid8.

CREATE TABLE audit_sessions (
  id            bigint GENERATED ALWAYS AS IDENTITY,
  event_id      text NOT NULL,
  user_id       text,
  session_id    text,
  event_type    text NOT NULL CONSTRAINT audit_sessions_event_type CHECK (event_type IN (
    'login', 'logout', 'revoked', 'failed_login', 'expired', 'session_check',
    'token_refresh', 'session_changed', 'token_reuse')),
  ip_address    inet,
  user_agent    text,
  country       text,
  auth_method   text,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz,
  last_active   timestamptz,
  is_active     boolean,
  force_logout  boolean,
  source        text NOT NULL,
  metadata      jsonb NOT NULL DEFAULT '{}',
  tx            bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  PRIMARY KEY (created_at, event_id)
) PARTITION BY RANGE (created_at);

CREATE INDEX audit_sessions_user ON audit_sessions (user_id, created_at);
-- The type stands before the time, so that the start and the end of a session are found among thousands of checks.
CREATE INDEX audit_sessions_session ON audit_sessions (session_id, event_type, created_at);
CREATE INDEX audit_sessions_tx ON audit_sessions USING brin (tx) WITH (pages_per_range = 16, autosummarize = on);

-- The default partition: no event is ever refused for its date.
CREATE TABLE audit_sessions_default PARTITION OF audit_sessions DEFAULT;

CREATE TABLE audit_logs (
  id            bigint GENERATED ALWAYS AS IDENTITY,
  event_id      text NOT NULL,
  user_id       text,
  user_email    text,
  action        text NOT NULL,
  category      text,
  resource_type text,
  resource_id   text,
  description   text,
  ip_address    inet,
  user_agent    text,
  details       jsonb NOT NULL DEFAULT '{}',
  status        text,
  error_message text,
  duration_ms   double precision,
  created_at    timestamptz(3) NOT NULL,
  session_id    text,
  source        text NOT NULL,
  tx            bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  PRIMARY KEY (created_at, event_id)
) PARTITION BY RANGE (created_at);

-- By user is covered by (user_id, action, created_at); by action and by action and time are one index; by time is the
-- primary key's. Six access paths, three indexes.
CREATE INDEX audit_logs_user_action ON audit_logs (user_id, action, created_at);
CREATE INDEX audit_logs_action ON audit_logs (action, created_at);
CREATE INDEX audit_logs_resource ON audit_logs (resource_type, resource_id, created_at) WHERE resource_id IS NOT NULL;
CREATE INDEX audit_logs_tx ON audit_logs USING brin (tx) WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE audit_logs_default PARTITION OF audit_logs DEFAULT;

-- Both as one stream, in the shape that the contract calls an event.
CREATE VIEW audit_events AS
  SELECT event_id, created_at, 'session' AS kind, event_type AS type, NULL::text AS category, user_id,
         NULL::text AS user_email, session_id, ip_address, user_agent, country, auth_method,
         NULL::text AS resource_type, NULL::text AS resource_id, NULL::text AS description, NULL::text AS status,
         NULL::text AS error_message, NULL::double precision AS duration_ms, expires_at, last_active, is_active,
         force_logout, source, metadata, tx
  FROM audit_sessions
  UNION ALL
  SELECT event_id, created_at, 'log', action, category, user_id,
         user_email, session_id, ip_address, user_agent, NULL, NULL,
         resource_type, resource_id, description, status,
         error_message, duration_ms, NULL, NULL, NULL,
         NULL, source, details, tx
  FROM audit_logs;

CREATE TABLE redis_sync_sessions (
  session_id     text PRIMARY KEY,
  user_id        text,
  profile        text NOT NULL,
  is_active      boolean NOT NULL DEFAULT true,
  force_logout   boolean NOT NULL DEFAULT false,
  ip_address     inet,
  user_agent     text,
  country        text,
  last_active    timestamptz(3),
  expires_at     timestamptz,
  api_call_count bigint NOT NULL DEFAULT 0,
  first_seen     timestamptz(3) NOT NULL,
  last_seen      timestamptz NOT NULL,
  ended_at       timestamptz,
  end_reason     text CHECK (end_reason IN ('expired', 'logout', 'revoked')),
  metadata       jsonb NOT NULL DEFAULT '{}',
  -- Digest of the value as it lay in Redis: after a restart an unchanged session still writes nothing.
  value_hash     bytea
);
CREATE INDEX redis_sync_sessions_user ON redis_sync_sessions (user_id);
CREATE INDEX redis_sync_sessions_last_active ON redis_sync_sessions (coalesce(last_active, first_seen) DESC, session_id);
CREATE INDEX redis_sync_sessions_live ON redis_sync_sessions (session_id) WHERE ended_at IS NULL;

-- Starts and ends of sessions that the mirror inferred. They give way when the application reports the same start or
-- end later: then the event named here is deleted, in the transaction that stores the application's.
CREATE TABLE inferred_boundaries (
  session_id text NOT NULL,
  event_type text NOT NULL,
  created_at timestamptz NOT NULL,
  event_id   text NOT NULL,
  PRIMARY KEY (session_id, created_at, event_id)
);

-- Which transactions stored events, how many at most, and of what times: a reader of stored events knows from it where
-- to look, and that there is nothing new without looking into a hundred partitions.
CREATE TABLE stored_transactions (
  tx        bigint PRIMARY KEY,
  events    integer NOT NULL,
  spans     tstzmultirange NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stored_transactions_stored_at ON stored_transactions (stored_at);

-- The inbox that makes the drain exact: a batch is stored in the transaction that writes its id here, or not at all.
-- failed: what did not decode and what PostgreSQL refused, as [{index, reason}], so that whoever adopts the batch names
-- the same items.
CREATE TABLE ingest_batch (
  batch_id  text PRIMARY KEY,
  engine    text NOT NULL,
  stored    integer NOT NULL,
  failed    jsonb NOT NULL DEFAULT '[]',
  stored_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ingest_batch_stored_at ON ingest_batch (stored_at);

CREATE TABLE admin_session_actions (
  id          bigint PRIMARY KEY,
  admin_id    text NOT NULL,
  action      text NOT NULL,
  target_user text,
  session_id  text,
  created_at  timestamptz NOT NULL,
  reason      text NOT NULL,
  outcome     text NOT NULL,
  details     jsonb NOT NULL DEFAULT '{}',
  prev_hash   text NOT NULL,
  hash        text NOT NULL UNIQUE
);
CREATE INDEX admin_session_actions_session ON admin_session_actions (session_id);

CREATE TABLE alerts (
  alert_id         text PRIMARY KEY,
  rule_id          text NOT NULL,
  rule_version     text NOT NULL,
  title            text NOT NULL,
  severity         text NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
  entity_kind      text NOT NULL,
  entity           text NOT NULL,
  window_start     timestamptz NOT NULL,
  window_end       timestamptz NOT NULL,
  value            double precision NOT NULL,
  threshold        double precision NOT NULL,
  timespan_ms      bigint NOT NULL,
  event_count      integer NOT NULL,
  suppressed_count integer NOT NULL DEFAULT 0,
  lists            jsonb NOT NULL DEFAULT '{}',
  summary          text NOT NULL,
  attack           text[] NOT NULL DEFAULT '{}',
  closed_at        timestamptz,
  state            text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'acknowledged', 'closed')),
  owner            text,
  created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alerts_window_end ON alerts (window_end DESC, alert_id);

CREATE TABLE alert_events (
  alert_id   text NOT NULL REFERENCES alerts ON DELETE CASCADE,
  event_id   text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (alert_id, created_at, event_id)
);

CREATE TABLE alert_triage (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id   text NOT NULL REFERENCES alerts ON DELETE CASCADE,
  actor      text NOT NULL,
  action     text NOT NULL,
  comment    text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_triage_alert ON alert_triage (alert_id, created_at);

CREATE TABLE daily_activity (
  day             date NOT NULL,
  user_id         text NOT NULL,
  logins          integer NOT NULL DEFAULT 0,
  failed_logins   integer NOT NULL DEFAULT 0,
  sessions        integer NOT NULL DEFAULT 0,
  api_calls       bigint NOT NULL DEFAULT 0,
  distinct_ips    integer NOT NULL DEFAULT 0,
  PRIMARY KEY (day, user_id)
);

CREATE TABLE daily_totals (
  day           date PRIMARY KEY,
  logins        bigint NOT NULL DEFAULT 0,
  failed_logins bigint NOT NULL DEFAULT 0,
  logouts       bigint NOT NULL DEFAULT 0,
  revocations   bigint NOT NULL DEFAULT 0,
  expiries      bigint NOT NULL DEFAULT 0,
  log_events    bigint NOT NULL DEFAULT 0,
  users         bigint NOT NULL DEFAULT 0
);

-- What all engines on one store must agree on: the session-id key, the place where a reader of stored events stands.
CREATE TABLE gatehouse_settings (
  key   text PRIMARY KEY,
  value jsonb NOT NULL
);
