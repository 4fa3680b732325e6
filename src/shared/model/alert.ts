import { z } from 'zod'
import { AlertId, EventId } from './ids.ts'

export const Severity = z.enum(['info', 'low', 'medium', 'high', 'critical'])
export type Severity = z.infer<typeof Severity>

export const EntityKind = z.enum(['user', 'ip', 'session', 'system'])
export type EntityKind = z.infer<typeof EntityKind>

export const AlertState = z.enum(['new', 'acknowledged', 'closed'])
export type AlertState = z.infer<typeof AlertState>

/** What a closed alert turned out to be: an attack; something real that was allowed; nothing that was real. */
export const Verdict = z.enum(['true', 'benign', 'false'])
export type Verdict = z.infer<typeof Verdict>

/** One episode: it opens at the first crossing, grows while events keep coming, closes after a quiet window. */
export const Alert = z.object({
  alertId: AlertId,
  ruleId: z.string(),
  /** Version of the rule: the first 12 hex digits of the SHA-256 of its text. */
  ruleVersion: z.string(),
  title: z.string(),
  severity: Severity,
  entityKind: EntityKind,
  entity: z.string(),
  /** Event time of the earliest and latest event of the episode. */
  windowStart: z.date(),
  windowEnd: z.date(),
  /** Highest value that any window of the episode reached, beside what the rule allows. */
  value: z.number(),
  threshold: z.number(),
  timespanMs: z.number(),
  eventCount: z.number(),
  suppressedCount: z.number(),
  /** Versions of the lists and of the GeoIP data that were used. */
  lists: z.record(z.string(), z.string()),
  /** One sentence that says why. */
  summary: z.string(),
  attack: z.array(z.string()),
  /** Event time at which the episode ended; null while it may still grow. */
  closedAt: z.date().nullable(),
  state: AlertState,
  /** Set while it is closed. */
  verdict: Verdict.nullable(),
  owner: z.string().nullable(),
  /** Grows with every act of triage: who acts says which state of the alert was in sight. */
  revision: z.number().int(),
  createdAt: z.date(),
})
export type Alert = z.infer<typeof Alert>

/** What the rules say of an episode: an alert without what people add to it, and without any clock. */
export const Finding = Alert.omit({ state: true, verdict: true, owner: true, revision: true, createdAt: true })
export type Finding = z.infer<typeof Finding>

/** A reference to an event of an alert: both halves of the event's key. */
export const AlertEventRef = z.object({ eventId: EventId, createdAt: z.date() })
export type AlertEventRef = z.infer<typeof AlertEventRef>
