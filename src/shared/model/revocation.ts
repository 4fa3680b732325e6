import { z } from 'zod'
import { PlanId, SessionId } from './ids.ts'

export const RevocationTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), sessionId: SessionId }),
  z.object({ kind: z.literal('user'), userId: z.string().min(1).max(1024) }),
])
export type RevocationTarget = z.infer<typeof RevocationTarget>

export const ReasonCode = z.enum(['compromised', 'password_reset', 'policy', 'user_request', 'offboarding', 'other'])
export type ReasonCode = z.infer<typeof ReasonCode>

/** Why an analyst acts: a code for counting, a text for the auditor. */
export const Reason = z.object({ code: ReasonCode, text: z.string().trim().min(3).max(2000) })
export type Reason = z.infer<typeof Reason>

/** What a revocation will touch, frozen before anything happens. */
export const RevocationPlan = z.object({
  planId: PlanId,
  target: RevocationTarget,
  count: z.number(),
  users: z.array(z.string()),
  countries: z.array(z.string()),
  sample: z.array(
    z.object({
      sessionId: SessionId,
      userId: z.string().nullable(),
      ipAddress: z.string().nullable(),
      userAgent: z.string().nullable(),
      lastActive: z.date().nullable(),
      profile: z.string(),
    }),
  ),
  /** What ending these sessions does not end, one sentence each. */
  willNotEnd: z.array(z.string()),
  createdAt: z.date(),
  expiresAt: z.date(),
})
export type RevocationPlan = z.infer<typeof RevocationPlan>

/** `verified`: read back from Redis, gone. `absent`: it was gone before. `returned`: saved again, removed again. */
export const RevocationOutcome = z.enum(['verified', 'absent', 'still_present', 'failed', 'returned'])
export type RevocationOutcome = z.infer<typeof RevocationOutcome>

export const SessionOutcome = z.object({
  sessionId: SessionId,
  userId: z.string().nullable(),
  outcome: RevocationOutcome,
  detail: z.string().nullable(),
})
export type SessionOutcome = z.infer<typeof SessionOutcome>

/** One row of `admin_session_actions`. */
export const AdminAction = z.object({
  id: z.number(),
  adminId: z.string(),
  action: z.string(),
  targetUser: z.string().nullable(),
  sessionId: z.string().nullable(),
  createdAt: z.date(),
  reason: z.string(),
  outcome: z.string(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export type AdminAction = z.infer<typeof AdminAction>
