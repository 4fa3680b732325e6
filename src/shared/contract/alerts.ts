import { z } from 'zod'
import { AlertPlace } from '../model/alert-place.ts'
import { Alert, AlertState, Severity, Verdict } from '../model/alert.ts'
import { AuditEvent } from '../model/event.ts'
import { AlertId } from '../model/ids.ts'
import { Delivery } from '../model/notification.ts'
import { Origin, TimeInput } from '../model/page.ts'
import { SeenAlert, TriageAct, TriageEntry, TriageRefusal } from '../model/triage.ts'
import { base } from './base.ts'

const Count = z.number().int()

/** Which alerts are meant; an empty list means any. */
export const AlertFilter = z.object({
  states: z.array(AlertState).max(3).default([]),
  verdicts: z.array(Verdict).max(3).default([]),
  severities: z.array(Severity).max(5).default([]),
  /** Ids of rules. */
  rules: z.array(z.string().max(200)).max(200).default([]),
  /** A part of the entity, in any case. */
  entity: z.string().max(200).default(''),
  /** null: whoever has it; '': nobody has. */
  owner: z.string().max(200).nullable().default(null),
  /** Episodes with an event in this time, the end excluded. */
  from: TimeInput.nullable().default(null),
  to: TimeInput.nullable().default(null),
})
export type AlertFilter = z.infer<typeof AlertFilter>

/** A filter, a page size, and where the page before ended. */
export const AlertListInput = AlertFilter.extend({
  limit: z.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(1100).nullable().default(null),
})
export type AlertListInput = z.infer<typeof AlertListInput>

/** How many alerts there are, each by all of the filter but the part that it counts by. */
export const AlertTotals = z.object({
  matching: Count,
  byState: z.object({ new: Count, acknowledged: Count, closed: Count }),
  byVerdict: z.object({ true: Count, benign: Count, false: Count }),
  bySeverity: z.object({ info: Count, low: Count, medium: Count, high: Count, critical: Count }),
})
export type AlertTotals = z.infer<typeof AlertTotals>

export const TriageInput = z.object({ alerts: z.array(SeenAlert).min(1).max(500), act: TriageAct })
export type TriageInput = z.infer<typeof TriageInput>

/** What the rule's author wrote for the person who looks. */
export const RuleNotes = z.object({
  description: z.string().nullable(),
  falsePositives: z.array(z.string()),
  references: z.array(z.string()),
  /** Whether the rule has changed since. */
  isChanged: z.boolean(),
})
export type RuleNotes = z.infer<typeof RuleNotes>

/** How many alerts a rule raised, by the ends of their episodes. */
export const RuleTally = z.object({
  ruleId: z.string(),
  lastDay: Count,
  /** In 30 days. */
  lastMonth: Count,
  lastAt: z.date(),
})
export type RuleTally = z.infer<typeof RuleTally>

export const alerts = {
  list: base
    .route({ summary: 'Alerts by episode, newest first, with how many there are of each state and severity.' })
    .input(AlertListInput)
    .output(z.object({ rows: z.array(Alert), nextCursor: z.string().nullable(), totals: AlertTotals, origin: Origin })),
  get: base
    .route({
      summary:
        'One alert with its evidence, oldest event first, what people did with it and who was told; `missingEvents` are those that the store no longer has.',
    })
    .input(z.object({ alertId: AlertId }))
    .output(
      z.object({
        alert: Alert,
        events: z.array(AuditEvent),
        missingEvents: z.number(),
        /** Oldest first. */
        history: z.array(TriageEntry),
        /** null where that is not known: in the cache. */
        deliveries: z.array(Delivery).nullable(),
        /** null where the rule is not loaded any more. */
        notes: RuleNotes.nullable(),
        /** Where located events came from, oldest first; of rules that measure a way alone. */
        places: z.array(AlertPlace),
        origin: Origin,
      }),
    ),
  tally: base
    .route({ summary: 'How many alerts each rule raised of late; rules that raised none are left out.' })
    .output(z.array(RuleTally)),
  triage: base
    .route({
      summary: 'Acknowledges, assigns, comments, closes or reopens alerts.',
      description:
        'Each alert must stand at the revision that was seen: one that somebody else has changed is left as it is, and the answer says who did what. All that is done goes on record.',
    })
    .input(TriageInput)
    .output(z.object({ changed: z.array(Alert), refused: z.array(TriageRefusal) })),
}
