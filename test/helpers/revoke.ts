import type { EngineClient } from '../../src/shared/contract/index.ts'
import type { SessionId } from '../../src/shared/model/ids.ts'
import type { SessionOutcome } from '../../src/shared/model/revocation.ts'

/** Plans and executes, as an analyst would; returns what became of the session. */
export async function revokeSession(client: EngineClient, sessionId: SessionId): Promise<SessionOutcome[]> {
  const plan = await client.revocations.plan({ target: { kind: 'session', sessionId } })
  const outcomes: SessionOutcome[] = []
  const reason = { code: 'compromised', text: 'stolen laptop' } as const
  for await (const { outcome } of await client.revocations.execute({ planId: plan.planId, reason, confirmCount: 1 })) {
    if (outcome !== null) outcomes.push(outcome)
  }
  return outcomes
}
