import { GatehouseError } from '../../../shared/errors.ts'
import { LearningSource } from './learning-source.ts'
import { RuleRunner, type RunnerOptions } from './rule-runner.ts'
import { maxInputs, type Rule } from './rule.ts'

/** The inputs of one rule that take events of a type. */
export interface Candidate {
  runner: RuleRunner
  inputs: readonly number[]
}

export interface AssembledRules {
  /** Each after the rules that it has as inputs. */
  runners: readonly RuleRunner[]
  learners: readonly LearningSource[]
  candidatesOf(type: string): readonly Candidate[]
  learnersOf(type: string): readonly LearningSource[]
}

/** Types of events come from outside: so many are remembered. */
const maxTypes = 1_000

/**
 * Connects rules to what they have as inputs.
 * @throws GatehouseError INTERNAL for rules that the loader should have refused: without the rule they refer to, or in a circle
 */
export function assembleRules(rules: readonly Rule[], options: RunnerOptions): AssembledRules {
  const runners = new Map(rules.map((rule) => [rule.ruleId, new RuleRunner(rule, options)]))
  const learners = new Map<string, LearningSource>()
  for (const runner of runners.values()) {
    const { inputs, ruleId } = runner.rule
    if (inputs.length > maxInputs) throw refused(ruleId, `it has more than ${maxInputs} inputs`)
    for (const [index, input] of inputs.entries()) {
      if (input.kind === 'rule') {
        const below = runners.get(input.ruleId)
        if (below === undefined) throw refused(ruleId, `there is no rule "${input.ruleId}"`)
        below.feed(runner, index)
      } else if (input.kind === 'unseen') {
        const source = learners.get(input.key) ?? new LearningSource(input, options)
        learners.set(input.key, source)
        source.feed(runner, index)
      }
    }
  }
  const sources = [...learners.values()]
  return {
    runners: inOrder(runners),
    learners: sources,
    candidatesOf: byType((type) => [...runners.values()].flatMap((runner) => candidateOf(runner, type))),
    learnersOf: byType((type) => sources.filter(({ input }) => input.types?.has(type) ?? true)),
  }
}

const refused = (ruleId: string, reason: string) =>
  new GatehouseError('INTERNAL', `the rule "${ruleId}" cannot run: ${reason}. Correct its file`)

/** Each rule after those that it has as inputs, else in the order given. */
function inOrder(runners: ReadonlyMap<string, RuleRunner>): RuleRunner[] {
  const ordered = new Set<RuleRunner>()
  const place = (runner: RuleRunner, path: readonly RuleRunner[]): void => {
    if (path.includes(runner)) throw refused(runner.rule.ruleId, 'it refers to itself, through other rules or directly')
    if (ordered.has(runner)) return
    for (const input of runner.rule.inputs) {
      const below = input.kind === 'rule' ? runners.get(input.ruleId) : undefined
      if (below !== undefined) place(below, [...path, runner])
    }
    ordered.add(runner)
  }
  for (const runner of runners.values()) place(runner, [])
  return [...ordered]
}

function candidateOf(runner: RuleRunner, type: string): Candidate[] {
  const inputs = runner.rule.inputs.flatMap((input, index) =>
    input.kind === 'events' && (input.types?.has(type) ?? true) ? [index] : [],
  )
  return inputs.length === 0 ? [] : [{ runner, inputs }]
}

/** Rules name types of events without regard to case. */
function byType<T>(find: (type: string) => T): (type: string) => T {
  const found = new Map<string, T>()
  return (type) => {
    const known = found.get(type)
    if (known !== undefined) return known
    const value = find(type.toLowerCase())
    if (found.size < maxTypes) found.set(type, value)
    return value
  }
}
