import type { Alert } from '../../../shared/model/alert.ts'
import type { DesktopNotice } from '../../../shared/model/notification.ts'
import type { Database } from '../postgres/database.ts'
import type { SignalBus } from '../signals.ts'
import { Wake } from '../throttle.ts'
import { composeMessage, moreText, trialMessage, type Message, type TellableAlert } from './message.ts'
import type { Selection } from './outbox.ts'

/** What is this old is no news on a desktop: the screen has it. */
const freshMs = 600_000
const lookMs = 2_000
const maxBodyLength = 500

const freshSql = `
  SELECT alert_id AS "alertId", rule_id AS "ruleId", title, severity, entity_kind AS "entityKind", entity, summary,
         window_end AS "windowEnd"
  FROM alerts
  WHERE state = 'new' AND created_at > $1 AND window_end > now() - $2 * interval '1 millisecond'
    AND array_position(ARRAY['info', 'low', 'medium', 'high', 'critical'], severity)
      >= array_position(ARRAY['info', 'low', 'medium', 'high', 'critical'], $3::text)
    AND ($4::text[] IS NULL OR rule_id = ANY ($4))
  ORDER BY alerts.window_end DESC LIMIT 500`

export interface DesktopDeps {
  database: Database
  signals: SignalBus
  selection: Selection
  groupMs: number
}

/**
 * Notices for the desktop of this console, whichever engine raised the alerts; what was raised before anybody listened is
 * left to the screen. The first comes at once, what follows within the group's time comes together.
 */
export function createDesktopNotices({ database, signals, selection, groupMs }: DesktopDeps) {
  const listeners = new Set<(message: Message) => void>()

  async function* stream(signal: AbortSignal | undefined): AsyncGenerator<DesktopNotice, void, void> {
    const wake = new Wake()
    const look = () => wake.now()
    const trials: Message[] = []
    const onTrial = (message: Message) => {
      trials.push(message)
      wake.now()
    }
    const beganMs = performance.now()
    let since: string | null = null
    const told = new Map<string, { severity: Alert['severity']; atMs: number }>()
    let nextMs = 0
    signals.on('alert', look).on('filled', look)
    listeners.add(onTrial)
    try {
      while (signal?.aborted !== true) {
        for (const trial of trials.splice(0)) yield noticeOf(trial, 0)
        if (performance.now() >= nextMs) {
          since ??= await storeTimeOf(beganMs)
          const fresh = news(await freshAlerts(since), told)
          if (fresh.length > 0) {
            nextMs = performance.now() + groupMs
            yield noticeOf(composeMessage(fresh), fresh.length)
          }
        }
        await wake.wait(lookMs, signal)
      }
    } finally {
      listeners.delete(onTrial)
      signals.off('alert', look).off('filled', look)
    }
  }

  /**
   * What `performance.now()` was then, by the clock that dates alerts, to the microsecond: the store may answer only later.
   * null while it cannot be asked.
   */
  async function storeTimeOf(thenMs: number): Promise<string | null> {
    if (database.state().status !== 'connected') return null
    const rows = await database
      .query<{ at: string }>(`SELECT (clock_timestamp() - $1 * interval '1 millisecond')::text AS at`, [
        performance.now() - thenMs,
      ])
      .catch(() => [])
    return rows[0]?.at ?? null
  }

  async function freshAlerts(since: string | null): Promise<TellableAlert[]> {
    if (since === null || database.state().status !== 'connected') return []
    const params = [since, freshMs, selection.minSeverity, selection.rules]
    // The connection says why it failed, and the next look is near: so it is above.
    return database.query<TellableAlert>(freshSql, params).catch(() => [])
  }

  return {
    stream,
    /** @returns how many desktops were there to show it */
    trial(actor: string): number {
      for (const tell of listeners) tell(trialMessage(actor))
      return listeners.size
    },
  }
}

const order = ['info', 'low', 'medium', 'high', 'critical'] as const

/** By rule and entity: a late event may give an alert another id, and it is the same news. */
function news(alerts: readonly TellableAlert[], told: Map<string, { severity: Alert['severity']; atMs: number }>) {
  const nowMs = Date.now()
  for (const [key, { atMs }] of told) if (atMs < nowMs - freshMs) told.delete(key)
  const fresh: TellableAlert[] = []
  for (const alert of alerts) {
    const key = `${alert.ruleId}\0${alert.entity}`
    const before = told.get(key)
    const isHigher = before === undefined || order.indexOf(alert.severity) > order.indexOf(before.severity)
    if (isHigher) fresh.push(alert)
    told.set(key, { severity: isHigher ? alert.severity : before.severity, atMs: nowMs })
  }
  return fresh
}

function noticeOf(message: Message, count: number): DesktopNotice {
  const [worst] = message.alerts
  const lines = count === 1 ? [worst?.summary] : message.alerts.map(({ title, about }) => `${title}: ${about}`)
  const body = [...lines, moreText(message)].filter((line) => typeof line === 'string').join('\n')
  return {
    title: message.headline,
    body: body.length > maxBodyLength ? `${body.slice(0, maxBodyLength).toWellFormed()}…` : body,
    severity: message.severity,
    alertId: (worst?.alertId ?? null) as DesktopNotice['alertId'],
    count,
  }
}
