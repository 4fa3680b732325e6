import type { Bounds } from '../bounds.ts'
import type { Measure } from '../measures/measure.ts'
import { inputsOf, temporal } from '../measures/temporal.ts'
import type { Condition } from '../rule.ts'
import { compileCondition, type Algebra } from './condition.ts'
import type { ConditionDocument } from './documents.ts'
import { RuleError } from './rule-error.ts'

/** Whether a set of inputs, as a bit mask, is as an expression says. */
type SetTest = (seen: number) => boolean

const sets: Algebra<SetTest> = {
  allOf: (tests) => (seen) => tests.every((holds) => holds(seen)),
  anyOf: (tests) => (seen) => tests.some((holds) => holds(seen)),
  not: (holds) => (seen) => !holds(seen),
}

const path = ['correlation', 'condition']

/**
 * The conditions of a temporal correlation that has no bounds: all of its rules or, as Sigma 2.1 extends it, an
 * expression over their names, in which `not` means that a rule was not seen in the window so far.
 * @param counted makes the condition on the number of rules seen
 */
export function temporalConditions(
  type: string,
  expression: unknown,
  referred: readonly { name: string }[],
  counted: (condition: ConditionDocument) => Condition,
): [Condition, ...Condition[]] {
  const bounded = (bounds: Bounds) => counted({ field: undefined, percentile: undefined, bounds })
  if (typeof expression !== 'string' || isAllOf(expression, referred)) return [bounded({ gte: referred.length })]
  if (type === 'temporal_ordered') {
    throw new RuleError(path, `${type} takes an expression only if it joins all of its rules by "and"`)
  }
  const operands = new Map(
    referred.map(({ name }, index): [string, SetTest] => [name, (seen) => (seen & (1 << index)) !== 0]),
  )
  const words = new Set(expression.split(/[\s()]+/))
  const unused = [...operands.keys()].find((name) => !words.has(name))
  if (unused !== undefined) throw new RuleError(path, `the condition says nothing of the rule "${unused}"`)
  const holds = compileCondition(expression, operands, sets, path)
  return [bounded({ gte: 1 }), { measure: asExpressed(holds), bounds: { eq: 1 } }]
}

const isAllOf = (expression: string, referred: readonly { name: string }[]): boolean => {
  const names = expression.trim().split(/\s+and\s+/i)
  return names.length === referred.length && referred.every(({ name }) => names.includes(name))
}

/** 1 where the inputs of a window are as the expression says, else 0. */
const asExpressed = (holds: SetTest): Measure => ({
  ...temporal,
  name: 'temporal_condition',
  start() {
    const counts: number[] = []
    const change = (inputs: number, by: number) => {
      for (const input of inputsOf(inputs)) counts[input] = (counts[input] ?? 0) + by
    }
    return {
      add: (entry) => change(entry.inputs, 1),
      remove: (entry) => change(entry.inputs, -1),
      get value() {
        return holds(counts.reduce((seen, count, input) => (count > 0 ? seen | (1 << input) : seen), 0)) ? 1 : 0
      },
    }
  },
  ceiling: () => 1,
})

/** The names in an expression, in the order in which they come: the rules of a correlation that lists none. */
export function namesIn(expression: string): string[] {
  const words = expression.match(/[^\s()]+/g) ?? []
  return [...new Set(words.filter((word) => !/^(?:and|or|not)$/i.test(word)))]
}
