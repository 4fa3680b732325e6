import { GatehouseError } from '../../../../shared/errors.ts'
import type { Rule } from '../rule.ts'
import { curvePlanOf, type CurvePlan } from './curve.ts'
import { withThreshold } from './threshold.ts'
import { oneOf, trialOf, withFeeding, type Trial } from './trial.ts'

/** What a back-test runs. */
export interface BacktestPlan {
  trial: Trial
  /** The rules as they run now, beside which it is seen what is gained and lost; null where the trial is just those. */
  before: Trial | null
  curve: CurvePlan | null
}

export interface BacktestRules {
  /** As they run now. */
  current: readonly Rule[]
  /** With the file that is tried out; null where none is. */
  tried: readonly Rule[] | null
}

export interface Asked {
  ruleId: string | null
  /** The file that is tried out, if one is. */
  file: string | null
  threshold: number | null
  curve: boolean
}

/**
 * Says which rules run for what is asked.
 * @throws GatehouseError NOT_FOUND for a rule that there is not; INVALID_INPUT where a threshold or a curve is asked of none,
 *   or of one that has no threshold
 */
export function planBacktest(
  { current, tried }: BacktestRules,
  { ruleId, file, threshold, curve }: Asked,
): BacktestPlan {
  const all = tried ?? current
  const chosen = trialOf(all, { ruleId, file })
  if (ruleId === null) {
    if (threshold === null && !curve)
      return { trial: chosen, before: beforeOf(current, tried, null, file), curve: null }
    throw new GatehouseError('INVALID_INPUT', 'A threshold is of one rule: say which (ruleId).', { key: 'ruleId' })
  }
  const rule = oneOf(chosen, ruleId)
  const asked = threshold === null ? rule : withThreshold(rule, threshold)
  return {
    trial: withFeeding([asked], all),
    before: threshold === null ? beforeOf(current, tried, ruleId, file) : trialOf(current, { ruleId, file }),
    curve: curve ? curvePlanOf(rule, threshold, all) : null,
  }
}

const beforeOf = (
  current: readonly Rule[],
  tried: readonly Rule[] | null,
  ruleId: string | null,
  file: string | null,
): Trial | null => (tried === null ? null : trialOf(current, { ruleId, file }))
