import type { PoolClient } from 'pg'
import type { TriageInput } from '../../../shared/contract/alerts.ts'
import type { Alert } from '../../../shared/model/alert.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import type { SeenAlert, TriageAct, TriageEntry, TriageRefusal } from '../../../shared/model/triage.ts'
import type { AdminTrail } from '../admin-trail.ts'
import type { Database } from '../postgres/database.ts'
import type { SignalBus } from '../signals.ts'
import { alertColumns } from './alert-columns.ts'
import { judge, type Judgement } from './triage-acts.ts'

export interface TriageDeps {
  database: Database
  trail: AdminTrail
  /** Who acts here. */
  actor: string
  signals: SignalBus
}

export interface TriageOutcome {
  /** The alerts that the act changed, as they stand now. */
  changed: Alert[]
  refused: TriageRefusal[]
}

type Judged = { before: Alert; after: Judgement }

const lockSql = `SELECT ${alertColumns} FROM alerts WHERE alert_id = ANY ($1) ORDER BY alerts.alert_id FOR UPDATE`

const changeSql = `
  UPDATE alerts SET state = new_state, verdict = new_verdict, owner = new_owner, revision = revision + 1
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (id, new_state, new_verdict, new_owner)
  WHERE alert_id = n.id
  RETURNING ${alertColumns}`

const noteSql = `
  INSERT INTO alert_triage (alert_id, actor, action, comment, from_state, to_state, verdict, owner)
  SELECT n.id, $6, $7, $8, n.from_state, n.state, n.verdict, n.owner
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS n (id, state, verdict, owner, from_state)`

const lastActsSql = `
  SELECT DISTINCT ON (alert_id) alert_id AS "alertId", actor, action, to_state AS "toState", verdict, owner, created_at AS at
  FROM alert_triage WHERE alert_id = ANY ($1) ORDER BY alert_triage.alert_id, id DESC`

/**
 * Does one act on alerts, each at the revision that was seen, and puts it on record: in the history of each alert, and as one
 * act in the admin trail, in one transaction. The others are left as they are, with the reason.
 */
export async function triageAlerts(deps: TriageDeps, { alerts, act }: TriageInput): Promise<TriageOutcome> {
  const seen = [...new Map(alerts.map((alert) => [alert.alertId, alert])).values()]
  const outcome = await deps.database.transaction(async (tx) => {
    const found = await tx.query<Alert>(lockSql, [seen.map(({ alertId }) => alertId)])
    const there = new Map(found.rows.map((alert) => [alert.alertId, alert]))
    const lastActs = await lastActsOf(tx, seen, there)
    const judged: Judged[] = []
    const refused: TriageRefusal[] = []
    for (const { alertId, revision } of seen) {
      const before = there.get(alertId)
      if (before === undefined) {
        const message =
          'It is not in the store any more: a late event made it part of another alert. Read the list again.'
        refused.push({ alertId, reason: 'gone', message })
      } else if (before.revision !== revision) {
        refused.push({ alertId, reason: 'changed', message: saidBefore(lastActs.get(alertId)) })
      } else {
        const after = judge(before, act, deps.actor)
        if (typeof after === 'string') refused.push({ alertId, reason: 'unfit', message: after })
        else judged.push({ before, after })
      }
    }
    return { changed: judged.length === 0 ? [] : await change(tx, deps, judged, act), refused }
  })
  if (outcome.changed.length > 0) deps.signals.emit('alertsTriaged', outcome.changed)
  return outcome
}

async function change(tx: PoolClient, { actor, trail }: TriageDeps, judged: readonly Judged[], act: TriageAct) {
  const columns = [
    judged.map(({ before }) => before.alertId),
    judged.map(({ after }) => after.state),
    judged.map(({ after }) => after.verdict),
    judged.map(({ after }) => after.owner),
  ]
  const changed = await tx.query<Alert>(changeSql, columns)
  const fromStates = judged.map(({ before }) => before.state)
  await tx.query(noteSql, [...columns, fromStates, actor, act.action, act.comment])
  const users = new Set(judged.map(({ before }) => (before.entityKind === 'user' ? before.entity : null)))
  await trail.recordIn(tx, {
    action: `alert_${act.action}`,
    reason: act.comment ?? '',
    targetUser: users.size === 1 ? ([...users][0] ?? null) : null,
    sessionId: null,
    outcome: 'done',
    details: {
      alerts: judged.map(({ before }) => before.alertId),
      ...(act.action === 'close' ? { verdict: act.verdict } : {}),
      ...(act.action === 'assign' ? { owner: act.owner } : {}),
    },
  })
  return changed.rows
}

type LastAct = Pick<TriageEntry, 'actor' | 'action' | 'toState' | 'verdict' | 'owner' | 'at'>

async function lastActsOf(tx: PoolClient, seen: readonly SeenAlert[], there: ReadonlyMap<AlertId, Alert>) {
  const stale = seen.filter(({ alertId, revision }) => (there.get(alertId)?.revision ?? revision) !== revision)
  if (stale.length === 0) return new Map<AlertId, LastAct>()
  const { rows } = await tx.query<LastAct & { alertId: AlertId }>(lastActsSql, [stale.map(({ alertId }) => alertId)])
  return new Map(rows.map(({ alertId, ...last }) => [alertId, last]))
}

function saidBefore(last: LastAct | undefined): string {
  if (last === undefined) return 'It has changed since you saw it. Look again.'
  const did = {
    acknowledge: 'acknowledged it',
    assign: last.owner === null ? 'took its owner away' : `gave it to ${last.owner}`,
    comment: 'commented on it',
    close: `closed it as ${last.verdict ?? 'something'}`,
    reopen: 'reopened it',
  }[last.action]
  return `${last.actor} ${did} at ${last.at.toISOString()}, after you saw it. Look again.`
}
