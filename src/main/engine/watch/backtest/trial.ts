import { GatehouseError } from '../../../../shared/errors.ts'
import type { Rule } from '../rule.ts'

/** Rules that run together, and which of them are judged by their alerts: the others feed those. */
export interface Trial {
  rules: readonly Rule[]
  judged: readonly Rule[]
}

/** One rule, or those of one file, or all: of the first that is given. */
export interface Choice {
  ruleId: string | null
  file: string | null
}

/** What is chosen of some rules. A rule that only feeds others raises alerts where it is chosen itself. */
export function trialOf(rules: readonly Rule[], { ruleId, file }: Choice): Trial {
  const judged =
    ruleId === null
      ? rules.filter((rule) => rule.alerts && (file === null || rule.file === file))
      : rules.filter((rule) => rule.ruleId === ruleId).map((rule) => ({ ...rule, alerts: true }))
  return withFeeding(judged, rules)
}

/** The rules, with those of `all` that they count, which are quiet. */
export function withFeeding(judged: readonly Rule[], all: readonly Rule[]): Trial {
  const known = new Map<string, Rule>()
  const take = (rule: Rule): void => {
    if (known.has(rule.ruleId)) return
    known.set(rule.ruleId, rule)
    for (const input of rule.inputs) {
      const below = input.kind === 'rule' ? all.find(({ ruleId }) => ruleId === input.ruleId) : undefined
      if (below !== undefined) take(judged.find((one) => one.ruleId === below.ruleId) ?? { ...below, alerts: false })
    }
  }
  for (const rule of judged) take(rule)
  return { rules: [...known.values()], judged }
}

/** The rule that a trial is of. @throws GatehouseError NOT_FOUND where it is not among its rules */
export function oneOf({ judged }: Trial, ruleId: string): Rule {
  const rule = judged.find((one) => one.ruleId === ruleId)
  if (rule !== undefined) return rule
  throw new GatehouseError(
    'NOT_FOUND',
    `There is no rule "${ruleId}": see the list of rules for those that are loaded.`,
  )
}

/** How long before an event others may lie that decide what the rules say of it. */
export function reachMs({ rules }: Trial): number {
  const reachOf = (rule: Rule): number => {
    const below = rule.inputs.map((input) => {
      if (input.kind === 'events') return 0
      // Who has just become known has nothing new: as long again shows what is usual.
      if (input.kind === 'unseen') return input.learnMs * 2
      const fed = rules.find(({ ruleId }) => ruleId === input.ruleId)
      return fed === undefined ? 0 : reachOf(fed)
    })
    return Math.max(rule.quietMs, ...rule.levels.map(({ timespanMs }) => timespanMs)) + Math.max(...below)
  }
  return Math.max(0, ...rules.map(reachOf))
}
