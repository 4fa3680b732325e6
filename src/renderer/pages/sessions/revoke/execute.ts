import type { EngineClient } from '../../../../shared/contract/index.ts'
import type { Reason, RevocationPlan, SessionOutcome } from '../../../../shared/model/revocation.ts'
import { endJob, putJob } from '../../../app/jobs.ts'
import { formatCount } from '../../../text/format.ts'
import { revoking } from './revoke-store.ts'

/** More outcomes than this are counted but not listed: the trail of admin acts holds them all. */
const maxListed = 2_000

/** Carries out a plan and follows it, outcome by outcome, into the store and the status bar. */
export async function executePlan(
  client: EngineClient,
  { plan, reason, confirmCount }: { plan: RevocationPlan; reason: Reason; confirmCount: number },
): Promise<void> {
  const { planId, count } = plan
  const job = (done: number, total: number) =>
    putJob({ id: planId, label: `Ending ${formatCount(count, 'session')}:`, done, total, open: revoking.show })
  const outcomes: SessionOutcome[] = []
  revoking.run({ step: 'run', plan, reason, done: 0, total: count, outcomes, state: 'running', error: null })
  job(0, count)
  try {
    for await (const { done, total, outcome } of await client.revocations.execute({ planId, reason, confirmCount })) {
      if (outcome !== null) outcomes.push(outcome)
      revoking.update({ done, total, outcomes: outcomes.slice(-maxListed) })
      job(done, total)
    }
    revoking.update({ state: 'done' })
  } catch (error) {
    revoking.update({ state: 'failed', error })
  } finally {
    endJob(planId)
  }
}
