import { z } from 'zod'
import { Severity } from './alert.ts'
import { AlertId, SuppressionId } from './ids.ts'

/** The longest time that a suppression may last. */
export const maxSuppressionDays = 366

/**
 * What a suppression goes by. `user`: the user's id. `address`: one address, a network (`10.0.0.0/8`) or a range
 * (`10.0.0.1-10.0.0.9`). `agent`: a user agent, with `*` and `?`. `network`: `AS64500`, or the name of a list.
 * `session`: a session id as it is shown, or as the application knows it.
 */
export const SuppressionKind = z.enum(['user', 'address', 'agent', 'network', 'session'])
export type SuppressionKind = z.infer<typeof SuppressionKind>

/** Events that rules are to leave out: of one rule, or of all (`ruleId: null`), from its creation to its end. */
export const SuppressionDraft = z.object({
  kind: SuppressionKind,
  pattern: z.string().trim().min(1).max(1024),
  ruleId: z.string().min(1).max(200).nullable(),
})
export type SuppressionDraft = z.infer<typeof SuppressionDraft>

export const Suppression = SuppressionDraft.extend({
  suppressionId: SuppressionId,
  reason: z.string(),
  createdBy: z.string(),
  /** Events from this time on are left out, by their own time. */
  createdAt: z.date(),
  expiresAt: z.date(),
  /** Why it was made although it would have hidden alerts that were closed as true; null where it would not. */
  forcedReason: z.string().nullable(),
  endedAt: z.date().nullable(),
  endedBy: z.string().nullable(),
  endReason: z.string().nullable(),
  state: z.enum(['active', 'expired', 'ended']),
})
export type Suppression = z.infer<typeof Suppression>

/** An alert that a suppression would have hidden, or made smaller. */
export const TouchedAlert = z.object({
  alertId: AlertId,
  ruleId: z.string(),
  title: z.string(),
  severity: Severity,
  entity: z.string(),
  summary: z.string(),
  windowEnd: z.date(),
  /** Its events, and those among them that would have been left out. */
  eventCount: z.number(),
  suppressedEvents: z.number(),
  /** Whether nothing of it would be left. */
  isHidden: z.boolean(),
  isTrue: z.boolean(),
})
export type TouchedAlert = z.infer<typeof TouchedAlert>

/** What a suppression would have done to the alerts of the last 30 days, by the events that they rest on. */
export const SuppressionPreview = z.object({
  from: z.date(),
  to: z.date(),
  /** The pattern as it is understood: a range written out, the stored form of a session id. */
  pattern: z.string(),
  hiddenAlerts: z.number(),
  /** Alerts that would still be there, with fewer events. */
  reducedAlerts: z.number(),
  suppressedEvents: z.number(),
  rules: z.array(
    z.object({
      ruleId: z.string(),
      title: z.string(),
      hiddenAlerts: z.number(),
      reducedAlerts: z.number(),
      suppressedEvents: z.number(),
    }),
  ),
  /** Hidden ones that somebody closed as true: such a suppression needs a reason of its own. */
  hiddenTrue: z.number(),
  /** Those closed as true first, then the newest; at most 50. */
  sample: z.array(TouchedAlert),
  /** Whether there was more to look at than is looked at (200,000 events): then the numbers are lower bounds. */
  isPartial: z.boolean(),
})
export type SuppressionPreview = z.infer<typeof SuppressionPreview>
