import type { AlertListInput } from '../../../shared/contract/alerts.ts'
import type { Alert, AlertEventRef } from '../../../shared/model/alert.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import type { Delivery } from '../../../shared/model/notification.ts'
import type { TriageEntry } from '../../../shared/model/triage.ts'
import { parseCursor } from '../cursor.ts'
import type { Database } from '../postgres/database.ts'
import { alertColumns } from './alert-columns.ts'
import { cursorAfter, totalsOf, type AlertGroup, type AlertPage } from './alert-page.ts'

/** $1 to $5: all of a filter but what totals are counted by. */
const isMeant = `(cardinality($1::text[]) = 0 OR rule_id = ANY ($1))
  AND ($2 = '' OR position(lower($2) IN lower(entity)) > 0)
  AND ($3::text IS NULL OR coalesce(owner, '') = $3)
  AND ($4::timestamptz IS NULL OR window_end >= $4)
  AND ($5::timestamptz IS NULL OR window_start < $5)`

const groupsSql = `SELECT state, verdict, severity, count(*)::int AS count FROM alerts WHERE ${isMeant} GROUP BY 1, 2, 3`

const pageSql = `
  SELECT ${alertColumns} FROM alerts
  WHERE ${isMeant}
    AND (cardinality($6::text[]) = 0 OR state = ANY ($6))
    AND (cardinality($7::text[]) = 0 OR verdict = ANY ($7))
    AND (cardinality($8::text[]) = 0 OR severity = ANY ($8))
    AND ($9::timestamptz IS NULL OR window_end < $9 OR (window_end = $9 AND alert_id COLLATE "C" > $10))
  ORDER BY alerts.window_end DESC, alert_id COLLATE "C" LIMIT $11`

/** The alerts whose episodes ended last, those that may still grow among them. */
export async function listAlerts(database: Database, input: AlertListInput): Promise<AlertPage> {
  const after = parseCursor(input.cursor)
  const meant = [
    input.rules,
    input.entity,
    input.owner,
    input.from?.toISOString() ?? null,
    input.to?.toISOString() ?? null,
  ]
  const place = after === null ? [null, ''] : [new Date(after.timeMs).toISOString(), after.id]
  const [groups, rows] = await Promise.all([
    database.query<AlertGroup>(groupsSql, meant),
    database.query<Alert>(pageSql, [
      ...meant,
      input.states,
      input.verdicts,
      input.severities,
      ...place,
      input.limit + 1,
    ]),
  ])
  const page = rows.slice(0, input.limit)
  return { rows: page, nextCursor: cursorAfter(page, rows.length > page.length), totals: totalsOf(groups, input) }
}

export interface StoredAlert {
  alert: Alert
  /** Oldest first. */
  events: AlertEventRef[]
  /** What people did with it, oldest first. */
  history: TriageEntry[]
  /** null where that is not known. */
  deliveries: Delivery[] | null
}

const historySql = `
  SELECT id::float8 AS id, created_at AS at, actor, action, from_state AS "fromState", to_state AS "toState", verdict, owner,
         comment
  FROM alert_triage WHERE alert_id = $1 ORDER BY alert_triage.id`

const deliveriesSql = `
  SELECT n.notification_id AS "notificationId", n.channel, a.severity, n.state, n.created_at AS "createdAt",
         n.sent_at AS "sentAt", n.attempts, n.error
  FROM alert_notices a JOIN notifications n USING (notification_id)
  WHERE a.alert_id = $1 ORDER BY n.created_at`

/** An alert with all that is stored of it; null where there is none of that id. */
export async function findAlert(database: Database, alertId: AlertId): Promise<StoredAlert | null> {
  const [alert] = await database.query<Alert>(`SELECT ${alertColumns} FROM alerts WHERE alert_id = $1`, [alertId])
  if (alert === undefined) return null
  const [events, history, deliveries] = await Promise.all([
    database.query<AlertEventRef>(
      `SELECT event_id AS "eventId", created_at AS "createdAt" FROM alert_events WHERE alert_id = $1
       ORDER BY created_at, event_id`,
      [alertId],
    ),
    database.query<TriageEntry>(historySql, [alertId]),
    database.query<Delivery>(deliveriesSql, [alertId]),
  ])
  return { alert, events, history, deliveries }
}
