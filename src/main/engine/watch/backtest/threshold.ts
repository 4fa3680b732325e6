import { GatehouseError } from '../../../../shared/errors.ts'
import type { RuleBounds } from '../../../../shared/model/rule.ts'
import type { Condition, Level, Rule } from '../rule.ts'

/** In the order in which an alert takes its threshold from them. */
const boundNames = ['gt', 'gte', 'eq', 'lt', 'lte', 'neq'] as const
export type BoundName = (typeof boundNames)[number]

/** What gives the alerts of a rule their value and their threshold. */
export const firstCondition = ({ levels }: Rule): Condition => levels[0].conditions[0]

/** The bound that a threshold takes the place of; null where there is none. */
export const variedBound = (bounds: RuleBounds): BoundName | null =>
  boundNames.find((name) => bounds[name] !== undefined) ?? null

/**
 * The rule with another threshold.
 * @throws GatehouseError INVALID_INPUT for a rule that has none
 */
export function withThreshold(rule: Rule, threshold: number): Rule {
  const { measure, bounds } = firstCondition(rule)
  const varied = variedBound(bounds)
  if (varied === null) {
    throw new GatehouseError('INVALID_INPUT', `The rule "${rule.ruleId}" has no threshold that could be another.`)
  }
  return withFirstLevel(rule, (level) => ({
    ...level,
    conditions: [{ measure, bounds: { ...bounds, [varied]: threshold } }, ...level.conditions.slice(1)],
  }))
}

export function withFirstLevel(rule: Rule, change: (level: Level) => Level): Rule {
  const [first, ...others] = rule.levels
  return { ...rule, levels: [change(first), ...others] }
}
