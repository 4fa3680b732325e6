import type { Alert, Verdict } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { SuppressionPreview, TouchedAlert } from '../../../shared/model/suppression.ts'
import type { Database } from '../postgres/database.ts'
import { eventFromRow, eventRowColumns, type EventRow } from '../postgres/rows.ts'
import { createEngineOfRules } from './engine-of-rules.ts'
import type { Rule } from './rule.ts'
import type { SuppressionTest } from './suppress.ts'

/** How far back a preview looks. */
export const previewDays = 30
/** Events that a preview looks at: some seconds of PostgreSQL. */
export const maxPreviewEvents = 200_000
/** Events that one statement reads. */
const eventsAtOnce = 10_000
const maxSample = 50
const dayMs = 86_400_000

export interface PreviewDeps {
  database: Database
  /** The rules that run: an alert that is only touched is judged again by them. */
  rules: () => readonly Rule[]
  nowMs: number
}

type PastAlert = Omit<TouchedAlert, 'suppressedEvents' | 'isHidden' | 'isTrue'> &
  Pick<Alert, 'windowStart'> & { verdict: Verdict | null }

/** Those closed as true come first: they decide whether a suppression is refused. */
const alertsSql = `
  SELECT alert_id AS "alertId", rule_id AS "ruleId", title, severity, entity, summary, window_start AS "windowStart",
         window_end AS "windowEnd", event_count AS "eventCount", verdict
  FROM alerts WHERE window_end >= $1 AND window_end < $2 AND ($3::text IS NULL OR rule_id = $3)
  ORDER BY verdict IS NOT DISTINCT FROM 'true' DESC, alerts.window_end DESC, alert_id`

const eventsSql = `
  SELECT listed.alert_id AS "alertId", event.*
  FROM alert_events listed
  CROSS JOIN LATERAL (
    SELECT ${eventRowColumns} FROM audit_events
    WHERE created_at = listed.created_at AND event_id = listed.event_id AND created_at BETWEEN $2 AND $3) event
  WHERE listed.alert_id = ANY ($1)`

/** What a suppression of a rule (or of all: null) would have left out of the alerts of the last 30 days. */
export async function previewSuppression(
  { database, rules, nowMs }: PreviewDeps,
  ruleId: string | null,
  isSuppressed: SuppressionTest,
  pattern: string,
): Promise<SuppressionPreview> {
  const [from, to] = [new Date(nowMs - previewDays * dayMs), new Date(nowMs)]
  const alerts = await database.query<PastAlert>(alertsSql, [from.toISOString(), to.toISOString(), ruleId])
  const touched: TouchedAlert[] = []
  let looked = 0
  let next = 0
  while (next < alerts.length && looked < maxPreviewEvents) {
    const page: PastAlert[] = []
    for (let size = 0; next < alerts.length && (page.length === 0 || size < eventsAtOnce); next++) {
      const alert = alerts[next] as PastAlert
      page.push(alert)
      size += alert.eventCount
    }
    const events = await eventsOf(database, page)
    for (const alert of page) {
      const evidence = events.get(alert.alertId) ?? []
      looked += evidence.length
      const one = touchedBy(alert, evidence, isSuppressed, rules())
      if (one !== null) touched.push(one)
    }
  }
  return { from, to, pattern, ...summedUp(touched), isPartial: next < alerts.length }
}

async function eventsOf(database: Database, alerts: readonly PastAlert[]): Promise<Map<string, AuditEvent[]>> {
  const starts = alerts.map(({ windowStart }) => windowStart.getTime())
  const ends = alerts.map(({ windowEnd }) => windowEnd.getTime())
  const rows = await database.query<EventRow & { alertId: string }>(eventsSql, [
    alerts.map(({ alertId }) => alertId),
    new Date(Math.min(...starts)).toISOString(),
    new Date(Math.max(...ends)).toISOString(),
  ])
  const events = new Map<string, AuditEvent[]>()
  for (const row of rows) {
    const list = events.get(row.alertId)
    if (list === undefined) events.set(row.alertId, [eventFromRow(row)])
    else list.push(eventFromRow(row))
  }
  return events
}

function touchedBy(
  { verdict, windowStart: _windowStart, ...alert }: PastAlert,
  events: readonly AuditEvent[],
  isSuppressed: SuppressionTest,
  rules: readonly Rule[],
): TouchedAlert | null {
  const left = events.filter((event) => !isSuppressed(event, alert.ruleId))
  const suppressedEvents = events.length - left.length
  if (suppressedEvents === 0) return null
  const isHidden = left.length === 0 || (raises(rules, alert, events) && !raises(rules, alert, left))
  return { ...alert, suppressedEvents, isHidden, isTrue: verdict === 'true' }
}

/** Whether the rules, shown these events alone, raise an alert of that rule about that entity. */
function raises(
  rules: readonly Rule[],
  { ruleId, entity }: Pick<Alert, 'ruleId' | 'entity'>,
  events: readonly AuditEvent[],
): boolean {
  // All at once: what is pushed together is in order, however late.
  const engine = createEngineOfRules(rules, { latenessMs: Number.MAX_SAFE_INTEGER })
  return engine
    .push(events)
    .some((change) => change.kind === 'raised' && change.alert.ruleId === ruleId && change.alert.entity === entity)
}

type Sums = Omit<SuppressionPreview, 'from' | 'to' | 'pattern' | 'isPartial'>

function summedUp(touched: readonly TouchedAlert[]): Sums {
  const sums = (alerts: readonly TouchedAlert[]) => {
    const hiddenAlerts = alerts.filter(({ isHidden }) => isHidden).length
    const suppressedEvents = alerts.reduce((sum, alert) => sum + alert.suppressedEvents, 0)
    return { hiddenAlerts, reducedAlerts: alerts.length - hiddenAlerts, suppressedEvents }
  }
  const byRule = Map.groupBy(touched, ({ ruleId }) => ruleId)
  return {
    ...sums(touched),
    rules: [...byRule]
      .map(([ruleId, alerts]) => ({ ruleId, title: alerts[0]?.title ?? ruleId, ...sums(alerts) }))
      .toSorted((a, b) => b.hiddenAlerts - a.hiddenAlerts || b.suppressedEvents - a.suppressedEvents),
    hiddenTrue: touched.filter(({ isHidden, isTrue }) => isHidden && isTrue).length,
    sample: touched.slice(0, maxSample),
  }
}
