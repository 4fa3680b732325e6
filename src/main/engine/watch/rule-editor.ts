import path from 'node:path'
import type { EngineClient } from '../../../shared/contract/index.ts'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import { RuleFileName, type RuleCheck, type RuleDraft, type RuleTestResult } from '../../../shared/model/rule.ts'
import type { AdminTrail } from '../admin-trail.ts'
import { replaceFile } from '../replace-file.ts'
import { infoOf, versionOfText } from './rule-info.ts'
import { testDraft } from './rules/draft.ts'
import type { RuleEnvironment } from './rules/environment.ts'
import { readRuleText, type LoadedRules } from './rules/load.ts'

type In<Call extends keyof EngineClient['rules']> = Parameters<EngineClient['rules'][Call]>[0]
type Out<Call extends keyof EngineClient['rules']> = Awaited<ReturnType<EngineClient['rules'][Call]>>

export interface RuleEditorDeps {
  loaded: () => LoadedRules
  environment: RuleEnvironment
  /** Where rule files lie, those that count most last. */
  folders: () => readonly string[]
  /** The folder that is written to. */
  ownFolder: string
  trail: Pick<AdminTrail, 'record'>
  /** Lets what was saved be used. */
  reread: () => Promise<void>
}

/** Where people change rules: what they write is tried as often as they like, and kept when they say so. */
export interface RuleEditor {
  /** A file as it lies in its folder, whether it can be used or not. @throws GatehouseError NOT_FOUND */
  newest(file: string): Promise<Out<'get'>>
  check(draft: RuleDraft): Promise<RuleCheck>
  /**
   * @throws GatehouseError INVALID_INPUT for a file that would be refused, or that was changed since it was read; whatever the
   *   trail throws, and then nothing is saved
   */
  save(input: In<'save'>): Promise<Out<'save'>>
}

export function createRuleEditor(deps: RuleEditorDeps): RuleEditor {
  const { loaded, environment, folders, ownFolder, trail, reread } = deps
  let saving: Promise<unknown> = Promise.resolve()

  /** null where no folder has it. */
  async function textOf(file: string): Promise<string | null> {
    for (const folder of folders().toReversed()) {
      try {
        return await readRuleText(path.join(folder, file))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
    return null
  }

  async function check(draft: RuleDraft): Promise<RuleCheck> {
    const { fault, rules, tests } = await testDraft(loaded().files, draft, environment)
    return { fault, rules: rules.map((rule) => infoOf(rule, environment)), tests }
  }

  async function save({ file, text, replaces, reason }: In<'save'>): Promise<Out<'save'>> {
    const { fault, tests } = await check({ file, text })
    if (fault !== null) {
      const { file: where, line, field, message } = fault
      const place = field === '' ? `${where}:${line}` : `${where}:${line}: ${field}`
      throw new GatehouseError('INVALID_INPUT', `Nothing was saved: the file would be refused, ${place}: ${message}`)
    }
    const before = await textOf(file)
    const was = before === null ? null : versionOfText(before)
    if (was !== replaces) {
      const what =
        replaces === null
          ? `There is a file ${file} already: give this one another name, or open that one.`
          : `${file} ${was === null ? 'is gone' : 'was changed by somebody else'} since you opened it. Copy your text, open it again, and put in what you changed.`
      throw new GatehouseError('INVALID_INPUT', `Nothing was saved. ${what}`)
    }
    const place = path.join(ownFolder, file)
    const version = versionOfText(text)
    const details = { file, place, version, replaced: was, failedTests: failedOf(tests) }
    const record = (outcome: string, more: Record<string, unknown>) =>
      trail.record({
        action: 'rule_save',
        reason,
        targetUser: null,
        sessionId: null,
        outcome,
        details: { ...details, ...more },
      })
    const attempt = await record('attempted', {})
    try {
      await replaceFile(place, text)
    } catch (error) {
      await record('failed', { attempt, error: messageOf(error) })
      throw new GatehouseError('INVALID_INPUT', `${place} cannot be written: ${messageOf(error)}.`)
    }
    await record('done', { attempt })
    await reread()
    return { path: place, version }
  }

  return {
    async newest(file) {
      const text = RuleFileName.safeParse(file).success ? await textOf(file) : null
      if (text !== null) return { file, version: versionOfText(text), text }
      throw new GatehouseError('NOT_FOUND', `There is no rule file "${file}" that could be edited.`)
    },
    check,
    // One after the other: each must see what the one before has written.
    save: (input) => {
      const saved = saving.then(() => save(input))
      saving = saved.catch(() => undefined)
      return saved
    },
  }
}

const failedOf = (tests: readonly RuleTestResult[]): number => tests.filter(({ passed }) => !passed).length
