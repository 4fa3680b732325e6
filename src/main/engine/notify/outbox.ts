import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { Severity } from '../../../shared/model/alert.ts'
import { NotificationId } from '../../../shared/model/ids.ts'
import type { Database } from '../postgres/database.ts'
import { settleSetting } from '../postgres/settings.ts'
import { composeMessage, type Message, type TellableAlert } from './message.ts'

/** Channels whose messages wait in the store, and are sent by the engine that leads. */
export type StoredChannel = 'webhook' | 'email'

export interface Selection {
  minSeverity: Severity
  /** null: of all rules. */
  rules: readonly string[] | null
}

/** What is this old is told no more: the screen has it. */
export const tellForHours = 24
/** Alerts that one message speaks of or counts. */
const mostAtOnce = 2_000

const rank = (column: string) => `array_position(ARRAY['info', 'low', 'medium', 'high', 'critical'], ${column})`

/**
 * $1 channel, $2 lowest severity, $3 rules or null, $4 since when the channel is there. An alert is told once, and once more
 * each time that it rises; one that somebody has closed is not.
 */
const isToBeTold = `state <> 'closed' AND created_at >= $4 AND ${rank('severity')} >= ${rank('$2::text')}
  AND ($3::text[] IS NULL OR rule_id = ANY ($3))
  AND NOT EXISTS (
    SELECT FROM alert_notices told WHERE told.alert_id = alerts.alert_id AND told.channel = $1
      AND ${rank('told.severity')} >= ${rank('alerts.severity')})`

const dueSql = `
  SELECT alert_id AS "alertId", rule_id AS "ruleId", title, severity, entity_kind AS "entityKind", entity, summary,
         window_end AS "windowEnd"
  FROM alerts WHERE ${isToBeTold} AND window_end > now() - interval '${tellForHours} hours'
  ORDER BY ${rank('severity')} DESC, alerts.window_end DESC LIMIT ${mostAtOnce}`

const dropSql = `
  INSERT INTO alert_notices (alert_id, channel, severity)
  SELECT alert_id, $1, severity FROM alerts
  WHERE ${isToBeTold} AND window_end <= now() - interval '${tellForHours} hours'
  ON CONFLICT DO NOTHING`

/** By then nothing asks for them: no alert of that time is told any more. */
const forgetSql = `DELETE FROM notifications
  WHERE channel = $1 AND state <> 'waiting' AND created_at < now() - interval '90 days'`

/** Since when there is such a channel, as the first engine that had it saw: what was raised before is not told. */
export async function channelSince(database: Database, channel: StoredChannel): Promise<string> {
  return String(await settleSetting(database, `notify:${channel}`, new Date().toISOString()))
}

export interface Outbox {
  /** How many alerts wait to be told. */
  countDue(): Promise<number>
  /** Writes one message for all that wait. null where none does. */
  write(): Promise<NotificationId | null>
  /** Whether the next message may be written: none waits, the last was a group's time ago, the hour has not had its number. */
  mayWrite(limits: { groupMs: number; perHour: number }): Promise<boolean>
  /** Takes the message that waits, for the time of a try; null where none does, or it is not yet its time. */
  claim(leaseMs: number): Promise<Claimed | null>
  settle(
    id: NotificationId,
    outcome: { state: 'sent' | 'failed' | 'waiting'; error: string | null; inMs?: number },
  ): Promise<void>
  /** Leaves out what has waited too long, and forgets messages of long ago. @returns how many alerts were left out */
  dropOld(): Promise<number>
}

export interface Claimed {
  id: NotificationId
  message: Message
  attempts: number
  ageMs: number
}

/** The messages of one channel in the store. Whoever writes must lead: `database` is the leader's. */
export function createOutbox(database: Database, channel: StoredChannel, selection: Selection, since: string): Outbox {
  const meant = [channel, selection.minSeverity, selection.rules, since]
  return {
    async countDue() {
      const [row] = await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM (${dueSql}) due`, meant)
      return row?.count ?? 0
    },
    write: () =>
      database.transaction(async (tx) => {
        const { rows } = await tx.query<TellableAlert>(dueSql, meant)
        return rows.length === 0 ? null : insert(tx, channel, rows)
      }),
    async mayWrite({ groupMs, perHour }) {
      const [row] = await database.query<{ may: boolean }>(
        `SELECT count(*) FILTER (WHERE state = 'waiting') = 0
           AND count(*) FILTER (WHERE created_at > now() - $2 * interval '1 millisecond') = 0
           AND count(*) FILTER (WHERE created_at > now() - interval '1 hour') < $3 AS may
         FROM notifications WHERE channel = $1 AND (state = 'waiting' OR created_at > now() - interval '1 hour')`,
        [channel, groupMs, perHour],
      )
      return row?.may === true
    },
    claim: (leaseMs) =>
      database.transaction(async (tx) => {
        const { rows } = await tx.query<Claimed>(
          `UPDATE notifications SET attempts = attempts + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
           WHERE channel = $1 AND state = 'waiting' AND next_attempt_at <= now()
           RETURNING notification_id AS id, message, attempts, extract(epoch FROM now() - created_at)::float8 * 1000 AS "ageMs"`,
          [channel, leaseMs],
        )
        return rows[0] ?? null
      }),
    async settle(id, { state, error, inMs = 0 }) {
      await database.query(
        `UPDATE notifications SET state = $2, error = $3, next_attempt_at = now() + $4 * interval '1 millisecond',
           sent_at = CASE WHEN $2 = 'sent' THEN now() END
         WHERE notification_id = $1 AND state = 'waiting'`,
        [id, state, error, inMs],
      )
    },
    dropOld: () =>
      database.transaction(async (tx) => {
        await tx.query(forgetSql, [channel])
        const { rowCount } = await tx.query(dropSql, meant)
        return rowCount ?? 0
      }),
  }
}

async function insert(
  tx: PoolClient,
  channel: StoredChannel,
  alerts: readonly TellableAlert[],
): Promise<NotificationId> {
  const id = NotificationId.parse(randomUUID())
  await tx.query('INSERT INTO notifications (notification_id, channel, message) VALUES ($1, $2, $3)', [
    id,
    channel,
    JSON.stringify(composeMessage(alerts)),
  ])
  await tx.query(
    `INSERT INTO alert_notices (alert_id, channel, severity, notification_id)
     SELECT n.alert_id, $1, n.severity, $2 FROM unnest($3::text[], $4::text[]) AS n (alert_id, severity)
     ON CONFLICT DO NOTHING`,
    [channel, id, alerts.map(({ alertId }) => alertId), alerts.map(({ severity }) => severity)],
  )
  return id
}
