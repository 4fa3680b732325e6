import { GatehouseError } from '../../../../shared/errors.ts'
import type { Rule } from '../rule.ts'
import { withDraft } from '../rules/draft.ts'
import type { RuleEnvironment } from '../rules/environment.ts'
import { compileFiles, type SourceFile } from '../rules/rule-set.ts'
import type { BacktestRules } from './plan.ts'

/** The rules of the files that are in use, and with a file that is tried out. */
export interface TriedFiles extends BacktestRules {
  /** The files that the trial's rules come from. */
  files: readonly SourceFile[]
}

/** @throws GatehouseError INVALID_INPUT for a file that is refused, or that others cannot do with; the message says why */
export function compileTried(
  files: readonly SourceFile[],
  draft: SourceFile | null,
  environment: RuleEnvironment,
): TriedFiles {
  const current = compileFiles(files, environment)
  if (draft === null) return { current: current.rules, tried: null, files }
  const triedFiles = withDraft(files, draft)
  const tried = compileFiles(triedFiles, environment)
  const known = new Set(current.refused.map(({ file }) => file))
  const refused = tried.refused.find(({ file }) => file === draft.file || !known.has(file))
  if (refused !== undefined) throw new GatehouseError('INVALID_INPUT', refused.message, { key: 'draft' })
  return { current: current.rules, tried: tried.rules, files: triedFiles }
}

/** As few of the files as make the same of these rules: those they are in, or else all. */
export function filesOf(
  rules: readonly Rule[],
  files: readonly SourceFile[],
  environment: RuleEnvironment,
): readonly SourceFile[] {
  const names = new Set(rules.map(({ file }) => file))
  const few = files.filter(({ file }) => names.has(file))
  const { rules: compiled, refused } = compileFiles(few, environment)
  const versions = new Map(compiled.map(({ ruleId, version }) => [ruleId, version]))
  // A version stands for the texts of all files that have a part in a rule.
  const isSame = refused.length === 0 && rules.every(({ ruleId, version }) => versions.get(ruleId) === version)
  return isSame ? few : files
}
