import type { PoolClient } from 'pg'
import type { Alert, AlertEventRef } from '../../../shared/model/alert.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import type { Database } from '../postgres/database.ts'
import type { AlertChange, Finding } from './alert-change.ts'

export interface WrittenAlerts {
  /** The alerts that changed, as they stand now. */
  alerts: Alert[]
  /** How many of them were not there before. */
  raised: number
}

type Raised = Extract<AlertChange, { kind: 'raised' }>
type Withdrawn = Extract<AlertChange, { kind: 'withdrawn' }>

const alertColumns = `
  alert_id AS "alertId", rule_id AS "ruleId", rule_version AS "ruleVersion", title, severity, entity_kind AS "entityKind",
  entity, window_start AS "windowStart", window_end AS "windowEnd", value, threshold, timespan_ms::float8 AS "timespanMs",
  event_count AS "eventCount", suppressed_count AS "suppressedCount", lists, summary, attack, closed_at AS "closedAt",
  state, owner, created_at AS "createdAt"`

/** The columns that the rules decide; state, owner and the time of the row are left to people and to PostgreSQL. */
const ruled = [
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
]

const columnsOf = (table: string) => ruled.map((column) => `${table}.${column}`).join(', ')

// An alert that is told as it stands is left alone. xmax is 0 in a row that was just inserted.
const upsertSql = `
  INSERT INTO alerts (alert_id, ${ruled.join(', ')})
  SELECT alert_id, ${ruled.join(', ')} FROM jsonb_populate_recordset(NULL::alerts, $1)
  ON CONFLICT (alert_id) DO UPDATE SET ${ruled.map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE (${columnsOf('alerts')}) IS DISTINCT FROM (${columnsOf('excluded')})
  RETURNING ${alertColumns}, xmax = 0 AS inserted`

const refsOf = `unnest($1::text[], $2::text[], $3::timestamptz[]) AS n (alert_id, event_id, created_at)`
const joinSql = `INSERT INTO alert_events (alert_id, event_id, created_at) SELECT * FROM ${refsOf} ON CONFLICT DO NOTHING`
const leaveSql = `DELETE FROM alert_events e USING ${refsOf}
  WHERE e.alert_id = n.alert_id AND e.created_at = n.created_at AND e.event_id = n.event_id`

/** Writes what the rules said, in the transaction in which the place in the feed is committed. */
export async function writeAlerts(tx: PoolClient, changes: readonly AlertChange[]): Promise<WrittenAlerts> {
  const raised = changes.filter((change): change is Raised => change.kind === 'raised')
  const withdrawn = changes.filter((change): change is Withdrawn => change.kind === 'withdrawn')
  if (changes.length === 0) return { alerts: [], raised: 0 }
  const rows = raised.map(({ alert }) => rowOf(alert))
  const written = await tx.query<Alert & { inserted: boolean }>(upsertSql, [JSON.stringify(rows)])
  await changeEvents(tx, leaveSql, raised, ({ lostEvents }) => lostEvents)
  await changeEvents(tx, joinSql, raised, ({ newEvents }) => newEvents)
  for (const change of withdrawn) await withdraw(tx, change)
  return {
    alerts: written.rows.map(({ inserted: _inserted, ...alert }) => alert),
    raised: written.rows.filter(({ inserted }) => inserted).length,
  }
}

const rowOf = (alert: Finding) => ({
  alert_id: alert.alertId,
  rule_id: alert.ruleId,
  rule_version: alert.ruleVersion,
  title: alert.title,
  severity: alert.severity,
  entity_kind: alert.entityKind,
  entity: alert.entity,
  window_start: alert.windowStart,
  window_end: alert.windowEnd,
  value: alert.value,
  threshold: alert.threshold,
  timespan_ms: alert.timespanMs,
  event_count: alert.eventCount,
  suppressed_count: alert.suppressedCount,
  lists: alert.lists,
  summary: alert.summary,
  attack: alert.attack,
  closed_at: alert.closedAt,
})

async function changeEvents(
  tx: PoolClient,
  sql: string,
  changes: readonly Raised[],
  eventsOf: (change: Raised) => readonly AlertEventRef[],
): Promise<void> {
  const refs = changes.flatMap((change) => eventsOf(change).map((ref) => ({ alertId: change.alert.alertId, ...ref })))
  if (refs.length === 0) return
  await tx.query(sql, [
    refs.map(({ alertId }) => alertId),
    refs.map(({ eventId }) => eventId),
    refs.map(({ createdAt }) => createdAt.toISOString()),
  ])
}

/** What people have said of an alert goes over to the one that takes its place. */
async function withdraw(tx: PoolClient, { alertId, replacedBy }: Withdrawn): Promise<void> {
  if (replacedBy !== null) {
    await tx.query(
      `UPDATE alerts heir SET state = gone.state, owner = coalesce(heir.owner, gone.owner)
       FROM alerts gone WHERE heir.alert_id = $2 AND gone.alert_id = $1 AND heir.state = 'new'`,
      [alertId, replacedBy],
    )
    await tx.query('UPDATE alert_triage SET alert_id = $2 WHERE alert_id = $1', [alertId, replacedBy])
  }
  await tx.query('DELETE FROM alerts WHERE alert_id = $1', [alertId])
}

/** The alerts whose episodes ended last, those that may still grow among them. */
export const listAlerts = (database: Database, limit: number): Promise<Alert[]> =>
  database.query<Alert>(`SELECT ${alertColumns} FROM alerts ORDER BY window_end DESC, alert_id LIMIT $1`, [limit])

/** An alert and the events it lists, oldest first; null where there is none of that id. */
export async function findAlert(
  database: Database,
  alertId: AlertId,
): Promise<{ alert: Alert; events: AlertEventRef[] } | null> {
  const [alert] = await database.query<Alert>(`SELECT ${alertColumns} FROM alerts WHERE alert_id = $1`, [alertId])
  if (alert === undefined) return null
  const events = await database.query<AlertEventRef>(
    `SELECT event_id AS "eventId", created_at AS "createdAt" FROM alert_events WHERE alert_id = $1
     ORDER BY created_at, event_id`,
    [alertId],
  )
  return { alert, events }
}

/**
 * Closes alerts that no rule goes on with, because their rule is gone or was changed.
 * @param openIds the alerts that are going on
 */
export async function closeOrphans(tx: PoolClient, openIds: readonly AlertId[]): Promise<void> {
  await tx.query(
    `UPDATE alerts SET closed_at = window_end + timespan_ms * interval '1 millisecond'
     WHERE closed_at IS NULL AND alert_id <> ALL ($1)`,
    [openIds],
  )
}
