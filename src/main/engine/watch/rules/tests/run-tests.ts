import type { AlertChange, Finding } from '../../alert-change.ts'
import { createEngineOfRules } from '../../engine-of-rules.ts'
import type { Rule } from '../../rule.ts'
import type { RuleEnvironment } from '../environment.ts'
import { compileFiles, type SourceFile } from '../rule-set.ts'
import type { ExpectedAlert, RuleTest } from './test-document.ts'
import { TestEvents } from './test-events.ts'

export interface TestResult {
  file: string
  name: string
  passed: boolean
  /** What was expected and did not come, and what came unexpected; or why the test could not run. */
  differences: string[]
}

const latenessMs = 60_000

/** The tests of rule files, and how each is run: `runRuleTests` for those who have to leave room for others in between. */
export function rulesUnderTest(sources: readonly SourceFile[], environment: RuleEnvironment) {
  const events = new TestEvents(environment)
  const { rules, tests, refused } = compileFiles(sources, events.environment)
  const run = (test: RuleTest & { file: string }): TestResult => {
    const differences = attempt(test, rules, events)
    return { file: test.file, name: test.name, passed: differences.length === 0, differences }
  }
  return { rules, tests, refused: refused.map(({ file, message }) => ({ file, message })), run }
}

/**
 * Runs the tests that rule files carry, through the engine that watches. All files are loaded, because rules refer to each
 * other; a test sees the alerts of the rules in its own file.
 */
export function runRuleTests(
  sources: readonly SourceFile[],
  environment: RuleEnvironment,
): { results: TestResult[]; refused: { file: string; message: string }[]; rules: Rule[] } {
  const { rules, tests, refused, run } = rulesUnderTest(sources, environment)
  return { results: tests.map(run), rules, refused }
}

function attempt(test: RuleTest & { file: string }, rules: readonly Rule[], events: TestEvents): string[] {
  try {
    const findings = findingsOf(test, rules, events)
    return compared(
      test.alerts,
      findings.filter(({ ruleId }) => isOfFile(ruleId, test.file, rules)),
    )
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

const isOfFile = (ruleId: string, file: string, rules: readonly Rule[]): boolean =>
  rules.some((rule) => rule.ruleId === ruleId && rule.file === file)

function findingsOf(test: RuleTest, rules: readonly Rule[], events: TestEvents): Finding[] {
  const engine = createEngineOfRules(rules, { latenessMs, versions: (name) => events.environment.version(name) })
  const alerts = new Map<string, Finding>()
  const note = (change: AlertChange) => {
    if (change.kind === 'withdrawn') alerts.delete(change.alertId)
    else alerts.set(change.alert.alertId, change.alert)
  }
  engine.push(events.make(test.events)).forEach(note)
  return [...alerts.values()]
}

/** Pairs what was expected with what came; each alert answers one expectation. */
function compared(expected: readonly ExpectedAlert[], came: readonly Finding[]): string[] {
  const left = [...came]
  const missing = expected.filter((one) => {
    const index = left.findIndex((finding) => fits(one, finding))
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  return [
    ...missing.map((one) => `missing: ${JSON.stringify(one)}`),
    ...left.map(({ ruleId: rule, entity, severity, value, eventCount, summary }) => {
      return `unexpected: ${JSON.stringify({ rule, entity, severity, value, events: eventCount, summary })}`
    }),
  ]
}

const fits = (expected: ExpectedAlert, finding: Finding): boolean =>
  expected.rule === finding.ruleId &&
  (expected.entity ?? finding.entity) === finding.entity &&
  (expected.severity ?? finding.severity) === finding.severity &&
  (expected.value ?? finding.value) === finding.value &&
  (expected.events ?? finding.eventCount) === finding.eventCount &&
  (expected.summary ?? finding.summary) === finding.summary
