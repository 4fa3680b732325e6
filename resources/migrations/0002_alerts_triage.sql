-- What people do with alerts, what rules are told to leave out, and who was told of what.

-- revision grows with each act of triage: who acts names the one that was in sight, so that nobody overwrites unseen what
-- somebody else did a moment before.
ALTER TABLE alerts
  ADD COLUMN verdict  text CHECK (verdict IN ('true', 'benign', 'false')),
  ADD COLUMN revision integer NOT NULL DEFAULT 0;
CREATE INDEX alerts_state ON alerts (state, window_end DESC, alert_id);

ALTER TABLE alert_triage
  ADD COLUMN from_state text NOT NULL DEFAULT 'new' CHECK (from_state IN ('new', 'acknowledged', 'closed')),
  ADD COLUMN to_state   text NOT NULL DEFAULT 'new' CHECK (to_state IN ('new', 'acknowledged', 'closed')),
  ADD COLUMN verdict    text CHECK (verdict IN ('true', 'benign', 'false')),
  ADD COLUMN owner      text;

-- Rows are ended, never removed: a back-test over the past needs those that held then. Events count by their own time,
-- from created_at to expires_at or ended_at, the end excluded.
CREATE TABLE suppressions (
  suppression_id uuid PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN ('user', 'address', 'agent', 'network', 'session')),
  pattern        text NOT NULL,
  rule_id        text,
  reason         text NOT NULL,
  created_by     text NOT NULL,
  created_at     timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  expires_at     timestamptz(3) NOT NULL CHECK (expires_at > created_at AND expires_at <= created_at + interval '367 days'),
  forced_reason  text,
  ended_at       timestamptz(3),
  ended_by       text,
  end_reason     text
);
CREATE INDEX suppressions_created ON suppressions (created_at DESC, suppression_id);

-- Messages to people. A message is written with all it says before it is sent, so that each try sends the same one under
-- the same id. One at a time waits in each channel; alerts that come meanwhile go together into the next.
CREATE TABLE notifications (
  notification_id uuid PRIMARY KEY,
  channel         text NOT NULL CHECK (channel IN ('webhook', 'email')),
  message         jsonb NOT NULL,
  state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
  attempts        integer NOT NULL DEFAULT 0,
  error           text,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  next_attempt_at timestamptz(3) NOT NULL DEFAULT now(),
  sent_at         timestamptz(3)
);
CREATE UNIQUE INDEX notifications_waiting ON notifications (channel) WHERE state = 'waiting';
CREATE INDEX notifications_created ON notifications (channel, created_at);

-- Which alert was told where, at which severity; notification_id is null where it had waited too long and was left out.
CREATE TABLE alert_notices (
  alert_id        text NOT NULL REFERENCES alerts ON DELETE CASCADE,
  channel         text NOT NULL,
  severity        text NOT NULL,
  notification_id uuid REFERENCES notifications ON DELETE CASCADE,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (alert_id, channel, severity)
);
CREATE INDEX alert_notices_notification ON alert_notices (notification_id);
