import type { Alert, AlertEventRef } from '../../../shared/model/alert.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import type { TriageEntry } from '../../../shared/model/triage.ts'
import { storeMoment, writtenSince } from './changed-rows.ts'
import type { FillContext } from './deps.ts'
import { putAll } from './put-all.ts'

const momentKey = 'offline.alerts'
/** Alerts are few; one may have tens of thousands of events. */
const pageSize = 50

type AlertRow = Alert & {
  events: { eventId: AlertEventRef['eventId']; createdAtMs: number }[]
  history: (Omit<TriageEntry, 'at'> & { atMs: number })[]
}

const changedSql = `
  SELECT alert_id AS "alertId", rule_id AS "ruleId", rule_version AS "ruleVersion", title, severity,
         entity_kind AS "entityKind", entity, window_start AS "windowStart", window_end AS "windowEnd", value, threshold,
         timespan_ms::double precision AS "timespanMs", event_count AS "eventCount",
         suppressed_count AS "suppressedCount", lists, summary, attack, closed_at AS "closedAt", state, verdict, owner,
         revision, created_at AS "createdAt",
         (SELECT coalesce(json_agg(json_build_object('eventId', e.event_id,
                   'createdAtMs', round(extract(epoch FROM e.created_at) * 1000))), '[]')
          FROM alert_events e WHERE e.alert_id = alerts.alert_id) AS events,
         (SELECT coalesce(json_agg(json_build_object('id', t.id, 'actor', t.actor, 'action', t.action,
                   'atMs', round(extract(epoch FROM t.created_at) * 1000), 'fromState', t.from_state, 'toState', t.to_state,
                   'verdict', t.verdict, 'owner', t.owner, 'comment', t.comment) ORDER BY t.id), '[]')
          FROM alert_triage t WHERE t.alert_id = alerts.alert_id) AS history
  FROM alerts
  WHERE alert_id > $1 AND window_end >= $2 AND ($3::text IS NULL OR ${writtenSince('$3')})
  ORDER BY alert_id LIMIT $4`

/** Brings the cache's alerts, with the references to their events, up to what is stored now. @returns how many had changed */
export async function fillAlerts(context: FillContext, signal: AbortSignal): Promise<number> {
  const { database, cache, problems, oldest } = context
  const since = cache.meta(momentKey)
  const moment = await storeMoment(database)
  let filled = 0
  for (let last = ''; !signal.aborted;) {
    const rows = await database.query<AlertRow>(changedSql, [last, oldest().toISOString(), since, pageSize])
    putAll(rows, putAlerts, ({ alertId }) => problems.report('cache', 'an alert that the cache cannot hold', alertId))
    filled += rows.length
    if (rows.length < pageSize) break
    last = rows.at(-1)?.alertId ?? ''
  }
  filled += await dropWithdrawn(context)
  if (!signal.aborted) cache.setMeta(momentKey, moment)
  return filled

  function putAlerts(rows: readonly AlertRow[]): void {
    cache.together(() => {
      for (const { events, history, ...alert } of rows) {
        const refs = events.map(({ eventId, createdAtMs }) => ({ eventId, createdAt: new Date(createdAtMs) }))
        const acts = history.map(({ atMs, ...entry }) => ({ ...entry, at: new Date(atMs) }))
        cache.putAlert(alert, refs, acts)
      }
    })
  }
}

/** A withdrawn alert leaves no row behind that could tell of it. */
async function dropWithdrawn({ database, cache, oldest }: FillContext): Promise<number> {
  const rows = await database.query<{ id: AlertId }>('SELECT alert_id AS id FROM alerts WHERE window_end >= $1', [
    oldest().toISOString(),
  ])
  const stored = new Set(rows.map(({ id }) => id))
  const withdrawn = cache.alertIds().filter((alertId) => !stored.has(alertId))
  for (const alertId of withdrawn) cache.dropAlert(alertId)
  return withdrawn.length
}
