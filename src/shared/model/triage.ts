import { z } from 'zod'
import { AlertState, Verdict } from './alert.ts'
import { AlertId } from './ids.ts'

const Comment = z.string().trim().min(3).max(2000)
export const Owner = z.string().trim().min(1).max(200)

/** What people do with an alert. Closing says what it was, and why. */
export const TriageAct = z.discriminatedUnion('action', [
  z.object({ action: z.literal('acknowledge'), comment: Comment.nullable().default(null) }),
  z.object({ action: z.literal('assign'), owner: Owner.nullable(), comment: Comment.nullable().default(null) }),
  z.object({ action: z.literal('comment'), comment: Comment }),
  z.object({ action: z.literal('close'), verdict: Verdict, comment: Comment }),
  z.object({ action: z.literal('reopen'), comment: Comment }),
])
export type TriageAct = z.infer<typeof TriageAct>

/** An alert as the person who acts saw it. */
export const SeenAlert = z.object({ alertId: AlertId, revision: z.number().int().min(0) })
export type SeenAlert = z.infer<typeof SeenAlert>

/** An alert that was left as it is: somebody was quicker, it is not there any more, or the act does not fit its state. */
export const TriageRefusal = z.object({
  alertId: AlertId,
  reason: z.enum(['changed', 'gone', 'unfit']),
  /** What happened, who did it and when. */
  message: z.string(),
})
export type TriageRefusal = z.infer<typeof TriageRefusal>

/** One act on record: what it made of the alert. `gatehouse` is the actor where a rule opened a closed alert again. */
export const TriageEntry = z.object({
  id: z.number().int(),
  at: z.date(),
  actor: z.string(),
  action: z.enum(['acknowledge', 'assign', 'comment', 'close', 'reopen']),
  fromState: AlertState,
  toState: AlertState,
  verdict: Verdict.nullable(),
  owner: z.string().nullable(),
  comment: z.string().nullable(),
})
export type TriageEntry = z.infer<typeof TriageEntry>
