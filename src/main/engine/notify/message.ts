import type { Alert, Severity } from '../../../shared/model/alert.ts'

/** Alerts that a message says something of, each; the others are counted. */
const mostNamed = 10
const maxTextLength = 300
const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']

/** What a message says of an alert. All texts may have been written by whoever attacks; none is a session id. */
export interface ToldAlert {
  alertId: string
  ruleId: string
  title: string
  severity: Severity
  about: string
  summary: string
  /** ISO 8601. */
  lastEvent: string
}

/** What is sent, on every channel: kept with it, so that each try says the same. */
export interface Message {
  headline: string
  severity: Severity
  /** The worst first. */
  alerts: ToldAlert[]
  /** Alerts beyond those named. */
  more: number
  isTrial: boolean
}

/** What a message is made of. */
export type TellableAlert = Pick<
  Alert,
  'alertId' | 'ruleId' | 'title' | 'severity' | 'entityKind' | 'entity' | 'summary' | 'windowEnd'
>

/** One message for alerts that came together. @param alerts at least one */
export function composeMessage(alerts: readonly TellableAlert[]): Message {
  const sorted = alerts.toSorted(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.windowEnd.getTime() - a.windowEnd.getTime(),
  )
  const named = sorted.slice(0, mostNamed).map(told)
  const [worst] = named
  const severity = worst?.severity ?? 'info'
  const headline =
    worst !== undefined && alerts.length === 1
      ? `${severity}: ${worst.title}, ${worst.about}`
      : `${alerts.length} alerts, the worst ${severity}`
  return { headline, severity, alerts: named, more: alerts.length - named.length, isTrial: false }
}

export const trialMessage = (actor: string): Message => ({
  headline: `A trial of Gatehouse's notifications, asked for by ${plain(actor)}`,
  severity: 'info',
  alerts: [],
  more: 0,
  isTrial: true,
})

/** "and 37 more" */
export const moreText = ({ more }: Pick<Message, 'more'>): string | null => (more > 0 ? `and ${more} more` : null)

function told(alert: TellableAlert): ToldAlert {
  return {
    alertId: alert.alertId,
    ruleId: alert.ruleId,
    title: plain(alert.title),
    severity: alert.severity,
    about: alert.entityKind === 'session' ? 'a session' : `${alert.entityKind} ${plain(alert.entity)}`,
    summary: plain(withoutSession(alert)),
    lastEvent: alert.windowEnd.toISOString(),
  }
}

/** A session id may be the live one (`privacy.sessionIds: plain`), and that is a credential: it stays in the house. */
function withoutSession({ entityKind, entity, summary }: TellableAlert): string {
  if (entityKind !== 'session' || entity === '') return summary
  const whole = summary.replaceAll(entity, '[session]')
  // Summaries cut long entities short.
  const start = entity.slice(0, 32)
  return whole.includes(start) ? 'Its summary names a session: see the alert.' : whole
}

/** One line without control characters, or such as turn the direction of writing; of bounded length. */
export function plain(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '')
    .trim()
  return line.length > maxTextLength ? `${line.slice(0, maxTextLength).toWellFormed()}…` : line.toWellFormed()
}
