import { hash } from 'node:crypto'
import type { RuleInfo } from '../../../shared/model/rule.ts'
import type { Rule } from './rule.ts'
import type { RuleEnvironment } from './rules/environment.ts'

/** The version of a file, as the rules of one that refers to no other have it. */
export const versionOfText = (text: string): string => hash('sha256', text).slice(0, 12)

/** A rule as the contract tells it. */
export function infoOf(rule: Rule, environment: RuleEnvironment): RuleInfo {
  const { ruleId, version, title, file, description, entityKind, quietMs, alerts } = rule
  return {
    ruleId,
    version,
    title,
    file,
    description,
    attack: [...rule.attack],
    falsePositives: [...rule.falsePositives],
    references: [...rule.references],
    entityKind,
    levels: rule.levels.map(({ severity, timespanMs, conditions }) => ({
      severity,
      timespanMs,
      conditions: conditions.map(({ measure, bounds }) => ({ measure: measure.name, bounds: { ...bounds } })),
    })),
    quietMs,
    alerts,
    counts: rule.inputs.flatMap((input) => (input.kind === 'rule' ? [input.ruleId] : [])),
    uses: rule.uses.map((name) => ({ name, version: environment.version(name) })),
  }
}
