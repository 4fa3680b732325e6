import { lifecycleTypes, type AuditEvent } from '../../../../shared/model/event.ts'
import { compileCondition } from './condition.ts'
import type { LogSource } from './documents.ts'
import type { RuleEnvironment } from './environment.ts'
import { allOf, anyOf, not, type Predicate } from './predicate.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { compileSelection } from './selection.ts'

const maxSelections = 500

/**
 * The selections of a detection under its condition. Of a list of conditions one must hold.
 * @param path where the section stands: `detection`, or `filter`
 */
export function compileDetection(
  { condition, ...selections }: Readonly<Record<string, unknown>>,
  path: FieldPath,
  environment: RuleEnvironment,
): Predicate {
  const at = [...path, 'condition']
  const conditions = Array.isArray(condition) ? condition : [condition]
  if (conditions.length === 0 || conditions.some((one) => typeof one !== 'string')) {
    throw new RuleError(at, 'a detection needs a condition: one text, for example "selection", or a list of them')
  }
  const compiled = new Map<string, Predicate>()
  for (const [name, selection] of Object.entries(selections)) {
    // Old Sigma rules hold a window here, which the condition then counts in.
    if (name === 'timeframe') throw new RuleError([...path, name], 'timeframe is not supported: write a correlation')
    compiled.set(name, compileSelection(selection, [...path, name], environment))
  }
  if (compiled.size > maxSelections) throw new RuleError(path, `there are more than ${maxSelections} selections`)
  return anyOf(conditions.map((one) => compileCondition(String(one), compiled, { allOf, anyOf, not }, at)))
}

/** What comes from a log source: rows of one table, or of both. */
export function fromSource(predicate: Predicate, { service }: LogSource): Predicate {
  if (service === undefined) return predicate
  const kind = service === 'session' ? 'session' : 'log'
  const types = service === 'session' ? new Set<string>(lifecycleTypes) : null
  const test = (event: AuditEvent): boolean => event.kind === kind
  return allOf([{ test, rest: test, cost: 0, types, columns: ['kind'], uses: [] }, predicate])
}
