import { setImmediate as others } from 'node:timers/promises'
import type { RuleDraft, RuleFault, RuleTestResult } from '../../../../shared/model/rule.ts'
import type { Rule } from '../rule.ts'
import type { RuleEnvironment } from './environment.ts'
import { compileFiles, type SourceFile } from './rule-set.ts'
import { rulesUnderTest } from './tests/run-tests.ts'

/** Files with one that is tried out in the place of its namesake. */
export const withDraft = (files: readonly SourceFile[], draft: SourceFile): SourceFile[] => [
  ...files.filter(({ file }) => file !== draft.file),
  draft,
]

export interface DraftOutcome {
  /** Why it cannot be used; null where it can. */
  fault: RuleFault | null
  /** The rules of the file. */
  rules: Rule[]
  tests: RuleTestResult[]
}

/** What comes of a file beside those in use, none of which is refused. Leaves room for others between two of its tests. */
export async function testDraft(
  inUse: readonly SourceFile[],
  draft: RuleDraft,
  environment: RuleEnvironment,
): Promise<DraftOutcome> {
  const files = withDraft(inUse, draft)
  const { rules, refused } = compileFiles(files, environment)
  // Its own fault first: that of a file which refers to it may come of it.
  const fault = refused.find(({ file }) => file === draft.file) ?? refused[0]
  if (fault !== undefined) {
    const { file, line, field, reason } = fault
    return { fault: { file, line, field, message: reason }, rules: [], tests: [] }
  }
  const { tests, run } = rulesUnderTest(files, environment)
  const results: RuleTestResult[] = []
  for (const test of tests.filter(({ file }) => file === draft.file)) {
    const { name, passed, differences } = run(test)
    results.push({ name, passed, differences })
    await others()
  }
  return { fault: null, rules: rules.filter(({ file }) => file === draft.file), tests: results }
}
