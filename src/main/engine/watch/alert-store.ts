import type { PoolClient } from 'pg'
import type { Alert, AlertEventRef } from '../../../shared/model/alert.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import type { AlertChange, Finding } from './alert-change.ts'
import { alertColumns, ruledColumns as ruled, severityRank } from './alert-columns.ts'

export interface WrittenAlerts {
  /** The alerts that changed, as they stand now. */
  alerts: Alert[]
  /** How many of them were not there before. */
  raised: number
}

type Raised = Extract<AlertChange, { kind: 'raised' }>
type Withdrawn = Extract<AlertChange, { kind: 'withdrawn' }>

const columnsOf = (table: string) => ruled.map((column) => `${table}.${column}`).join(', ')

// An alert that is told as it stands is left alone. xmax is 0 in a row that was just inserted.
const upsertSql = `
  INSERT INTO alerts (alert_id, ${ruled.join(', ')})
  SELECT alert_id, ${ruled.join(', ')} FROM jsonb_populate_recordset(NULL::alerts, $1)
  ON CONFLICT (alert_id) DO UPDATE SET ${ruled.map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE (${columnsOf('alerts')}) IS DISTINCT FROM (${columnsOf('excluded')})
  RETURNING ${alertColumns}, xmax = 0 AS inserted`

// Somebody closed the alert at a lower severity than the one it has now: that judgement was of less.
const reopenSql = `
  WITH risen AS (
    UPDATE alerts SET state = 'new', verdict = NULL, revision = alerts.revision + 1
    FROM jsonb_populate_recordset(NULL::alerts, $1) AS n
    WHERE alerts.alert_id = n.alert_id AND alerts.state = 'closed'
      AND ${severityRank('alerts.severity')} < ${severityRank('n.severity')}
    RETURNING alerts.alert_id, alerts.owner, n.severity)
  INSERT INTO alert_triage (alert_id, actor, action, comment, from_state, to_state, owner)
  SELECT alert_id, 'gatehouse', 'reopen', 'It rose to ' || severity || ' after it was closed.', 'closed', 'new', owner
  FROM risen`

const refsOf = `unnest($1::text[], $2::text[], $3::timestamptz[]) AS n (alert_id, event_id, created_at)`
const joinSql = `INSERT INTO alert_events (alert_id, event_id, created_at) SELECT * FROM ${refsOf} ON CONFLICT DO NOTHING`
const leaveSql = `DELETE FROM alert_events e USING ${refsOf}
  WHERE e.alert_id = n.alert_id AND e.created_at = n.created_at AND e.event_id = n.event_id`

/** Writes what the rules said, in the transaction in which the place in the feed is committed. */
export async function writeAlerts(tx: PoolClient, changes: readonly AlertChange[]): Promise<WrittenAlerts> {
  const raised = changes.filter((change): change is Raised => change.kind === 'raised')
  const withdrawn = changes.filter((change): change is Withdrawn => change.kind === 'withdrawn')
  if (changes.length === 0) return { alerts: [], raised: 0 }
  // In one order, as triage locks them: two who want the same alerts wait for each other, but not in a circle.
  const rows = raised.map(({ alert }) => rowOf(alert)).toSorted((a, b) => (a.alert_id < b.alert_id ? -1 : 1))
  await tx.query(reopenSql, [JSON.stringify(rows)])
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

/** What people have said of an alert, and who was told of it, goes over to the one that takes its place. */
async function withdraw(tx: PoolClient, { alertId, replacedBy }: Withdrawn): Promise<void> {
  if (replacedBy !== null) {
    const both = [alertId, replacedBy]
    await tx.query(
      `UPDATE alerts heir SET state = gone.state, verdict = gone.verdict, owner = coalesce(heir.owner, gone.owner),
         revision = heir.revision + gone.revision + 1
       FROM alerts gone WHERE heir.alert_id = $2 AND gone.alert_id = $1 AND heir.state = 'new'`,
      both,
    )
    await tx.query('UPDATE alert_triage SET alert_id = $2 WHERE alert_id = $1', both)
    await tx.query(
      `INSERT INTO alert_notices (alert_id, channel, severity, notification_id, created_at)
       SELECT $2, channel, severity, notification_id, created_at FROM alert_notices WHERE alert_id = $1
       ON CONFLICT DO NOTHING`,
      both,
    )
  }
  await tx.query('DELETE FROM alerts WHERE alert_id = $1', [alertId])
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
