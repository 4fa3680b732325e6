import type { RuleTally } from '../../../../shared/contract/alerts.ts'
import type { RuleFileInfo, RuleInfo } from '../../../../shared/model/rule.ts'

/** A rule that runs, or a file that was refused. */
export type RuleRow =
  | {
      readonly kind: 'rule'
      readonly id: string
      readonly rule: RuleInfo
      readonly file: RuleFileInfo | null
      readonly tally: RuleTally | null
    }
  | { readonly kind: 'refused'; readonly id: string; readonly file: string; readonly message: string }

interface Listed {
  readonly rules: readonly RuleInfo[]
  readonly files: readonly RuleFileInfo[]
  readonly refused: readonly { readonly file: string; readonly message: string }[]
}

/** Refused files first: they are what somebody has to do something about. Then by title, what raises no alert last. */
export function rowsOf({ rules, files, refused }: Listed, tallies: readonly RuleTally[]): RuleRow[] {
  const fileOf = new Map(files.map((file) => [file.file, file]))
  const tallyOf = new Map(tallies.map((tally) => [tally.ruleId, tally]))
  const sorted = rules.toSorted((a, b) => Number(b.alerts) - Number(a.alerts) || a.title.localeCompare(b.title))
  return [
    ...refused.map(({ file, message }, at) => ({
      kind: 'refused' as const,
      id: `refused ${at} ${file}`,
      file,
      message,
    })),
    ...sorted.map((rule) => ({
      kind: 'rule' as const,
      id: rule.ruleId,
      rule,
      file: fileOf.get(rule.file) ?? null,
      tally: tallyOf.get(rule.ruleId) ?? null,
    })),
  ]
}

/** "4 passed", "1 of 4 failed", "running"; null where a file has none. */
export function testWords(file: RuleFileInfo | null): { words: string; failed: boolean } | null {
  const tests = file === null ? [] : file.tests
  if (tests === null) return { words: 'running', failed: false }
  if (tests.length === 0) return null
  const failed = tests.filter(({ passed }) => !passed).length
  return failed === 0
    ? { words: `${tests.length} passed`, failed: false }
    : { words: `${failed} of ${tests.length} failed`, failed: true }
}
