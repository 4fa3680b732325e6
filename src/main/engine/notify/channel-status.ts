import type { ChannelStatus } from '../../../shared/model/notification.ts'
import type { Database } from '../postgres/database.ts'
import type { StoredChannel } from './outbox.ts'

const statusSql = `
  SELECT max(sent_at) AS "lastSentAt",
         count(*) FILTER (WHERE state = 'sent')::int AS sent,
         count(*) FILTER (WHERE state = 'failed')::int AS failed,
         count(*) FILTER (WHERE created_at > now() - interval '1 hour')::int AS "sentLastHour",
         (array_agg(state ORDER BY created_at DESC))[1] AS "lastState",
         (array_agg(error ORDER BY created_at DESC))[1] AS "lastError",
         max(next_attempt_at) FILTER (WHERE state = 'waiting') AS "nextAttemptAt",
         (SELECT count(*)::int FROM alert_notices
          WHERE channel = $1 AND notification_id IS NULL AND created_at > now() - interval '30 days') AS "droppedAlerts",
         (SELECT count(*)::int FROM alert_notices JOIN notifications USING (notification_id)
          WHERE notifications.channel = $1 AND notifications.state = 'waiting') AS "inMessage"
  FROM notifications WHERE channel = $1 AND created_at > now() - interval '30 days'`

type Row = Pick<
  ChannelStatus,
  'lastSentAt' | 'sent' | 'failed' | 'sentLastHour' | 'lastError' | 'nextAttemptAt' | 'droppedAlerts'
> & {
  lastState: 'waiting' | 'sent' | 'failed' | null
  inMessage: number
}

export interface StatusOf {
  channel: StoredChannel
  target: string
  limitPerHour: number
  /** Alerts for which no message is written yet. */
  countDue: () => Promise<number>
}

/** How a channel did in the last 30 days, whichever engine led. */
export async function channelStatus(
  database: Database,
  { channel, target, limitPerHour, countDue }: StatusOf,
): Promise<ChannelStatus> {
  const [[row], due] = await Promise.all([database.query<Row>(statusSql, [channel]), countDue()])
  if (row === undefined) return offStatus(channel)
  const { inMessage, lastState, lastError, ...facts } = row
  const isFailing = lastState !== 'sent' && lastError !== null
  return {
    ...facts,
    channel,
    target,
    limitPerHour,
    state: isFailing ? 'failing' : 'ok',
    lastError: isFailing ? lastError : null,
    waitingAlerts: inMessage + due,
  }
}

export const offStatus = (channel: ChannelStatus['channel']): ChannelStatus => ({
  channel,
  state: 'off',
  target: null,
  lastSentAt: null,
  lastError: null,
  nextAttemptAt: null,
  waitingAlerts: 0,
  sentLastHour: 0,
  limitPerHour: 0,
  sent: 0,
  failed: 0,
  droppedAlerts: 0,
})
