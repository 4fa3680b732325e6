import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { PlanId } from '../model/ids.ts'
import { AdminAction, Reason, RevocationPlan, RevocationTarget, SessionOutcome } from '../model/revocation.ts'
import { base } from './base.ts'

export const revocations = {
  plan: base
    .route({ summary: 'Freezes the set and says what it holds; nothing happens yet.' })
    .input(z.object({ target: RevocationTarget }))
    .output(RevocationPlan),
  execute: base
    .route({
      summary: 'Ends exactly the frozen set, one message a session once it is verified.',
      description:
        "`confirmCount` must equal the plan's count. The stream ends when all are done; leaving it early does not stop the work.",
    })
    .input(z.object({ planId: PlanId, reason: Reason, confirmCount: z.number().int() }))
    .output(eventIterator(z.object({ done: z.number(), total: z.number(), outcome: SessionOutcome.nullable() }))),
  guarded: base
    .route({ summary: 'Sessions under guard: revoked a moment ago, removed again if they come back.' })
    .output(
      z.array(
        z.object({ sessionId: z.string(), until: z.date(), returns: z.number(), lastReturnAt: z.date().nullable() }),
      ),
    ),
  actions: base
    .route({ summary: 'The trail of admin acts, newest first.' })
    .input(z.object({ limit: z.number().int().min(1).max(1000).default(100) }))
    .output(z.array(AdminAction)),
}
