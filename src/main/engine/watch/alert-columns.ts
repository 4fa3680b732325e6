/** The columns of `alerts` that the rules decide; the others are left to people and to PostgreSQL. */
export const ruledColumns = [
  'rule_id',
  'rule_version',
  'title',
  'severity',
  'entity_kind',
  'entity',
  'window_start',
  'window_end',
  'value',
  'threshold',
  'timespan_ms',
  'event_count',
  'suppressed_count',
  'lists',
  'summary',
  'attack',
  'closed_at',
] as const

/** Selects an Alert from `alerts`. */
export const alertColumns = `
  alert_id AS "alertId", rule_id AS "ruleId", rule_version AS "ruleVersion", title, severity, entity_kind AS "entityKind",
  entity, window_start AS "windowStart", window_end AS "windowEnd", value, threshold, timespan_ms::float8 AS "timespanMs",
  event_count AS "eventCount", suppressed_count AS "suppressedCount", lists, summary, attack, closed_at AS "closedAt",
  state, verdict, owner, revision, created_at AS "createdAt"`

/** A severity as a number that grows with it, in SQL. */
export const severityRank = (column: string): string =>
  `array_position(ARRAY['info', 'low', 'medium', 'high', 'critical'], ${column})`
