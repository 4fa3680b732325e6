import { GatehouseError } from '../../../shared/errors.ts'
import type { PlanId } from '../../../shared/model/ids.ts'
import { Reason, type RevocationPlan, type RevocationTarget } from '../../../shared/model/revocation.ts'
import type { RevocationDeps } from './deps.ts'
import { confirmCount, executePlan, type ExecutionStep } from './execute.ts'
import { createGuard, type Guard } from './guard.ts'
import { createPlans } from './plan.ts'

export interface Execution {
  planId: PlanId
  reason: Reason
  confirmCount: number
}

export interface Revocations {
  plan(target: RevocationTarget): Promise<RevocationPlan>
  /**
   * One step a session, once it is verified. Leaving the stream early does not stop the work.
   * @throws GatehouseError REASON_REQUIRED, PLAN_EXPIRED, CONFIRMATION_MISMATCH, POSTGRES_UNAVAILABLE: nothing was done
   */
  execute(execution: Execution): AsyncGenerator<ExecutionStep, void, void>
  guard: Guard
}

export function createRevocations(deps: RevocationDeps): Revocations {
  const plans = createPlans(deps)
  return {
    plan: async (target) => (await plans.freeze(target)).plan,
    guard: createGuard(deps),
    execute(execution) {
      const reason = Reason.safeParse(execution.reason)
      if (!reason.success) {
        throw new GatehouseError(
          'REASON_REQUIRED',
          'A revocation needs a reason of at least 3 characters: it goes on record.',
        )
      }
      confirmCount(plans.peek(execution.planId), execution.confirmCount)
      const frozen = plans.take(execution.planId)
      return followed((onStep) => executePlan(deps, frozen, reason.data, onStep), deps)
    },
  }
}

/** Runs the work to its end whoever listens; yields its steps to the one who does. */
function followed(
  work: (onStep: (step: ExecutionStep) => void) => Promise<void>,
  { log }: RevocationDeps,
): AsyncGenerator<ExecutionStep, void, void> {
  const steps: ExecutionStep[] = []
  let changed = Promise.withResolvers<void>()
  let ended = false
  const wake = (): void => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }
  const running = work((step) => {
    steps.push(step)
    wake()
  }).finally(() => {
    ended = true
    wake()
  })
  // Whoever left early hears of no failure: the log does.
  running.catch((error: unknown) => log.error({ err: error }, 'a revocation failed'))
  return (async function* () {
    for (let next = 0; ;) {
      const step = steps[next]
      if (step !== undefined) {
        next++
        yield step
      } else if (ended) break
      else await changed.promise
    }
    await running
  })()
}
