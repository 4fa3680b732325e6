import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../../../shared/errors.ts'
import type { Rule } from '../rule.ts'
import { readRules, RefusedFile } from './rule-file.ts'

const maxBytes = 256 * 1024

export interface LoadedRules {
  rules: Rule[]
  /** Files of which nothing was loaded, and why. */
  refused: { file: string; message: string }[]
}

/**
 * Reads the rule files (*.yml, *.yaml) of folders. A file in a later folder takes the place of one with the same name in an
 * earlier: that is how a shipped rule is changed. A file that is not understood is refused and named; the others go on.
 */
export async function loadRules(folders: readonly string[]): Promise<LoadedRules> {
  const loaded: LoadedRules = { rules: [], refused: [] }
  const files = new Map<string, string>()
  for (const folder of folders) {
    try {
      for (const name of await readdir(folder)) if (/\.ya?ml$/i.test(name)) files.set(name, path.join(folder, name))
    } catch (error) {
      const message = `the rules in ${folder} cannot be read: ${messageOf(error)}. Correct watch.rulesDir`
      loaded.refused.push({ file: folder, message })
    }
  }
  for (const [file, location] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      loaded.rules.push(...unique(readRules(file, await readText(location)), loaded.rules))
    } catch (error) {
      const message = messageOf(error)
      loaded.refused.push({ file, message: error instanceof RefusedFile ? message : `${file}: ${message}` })
    }
  }
  return loaded
}

async function readText(location: string): Promise<string> {
  const { size } = await stat(location)
  if (size > maxBytes) throw new Error(`larger than ${maxBytes / 1024} KiB, which no rule file is`)
  return readFile(location, 'utf8')
}

/** Alerts are filed under the id of their rule, so no two rules may share one. */
function unique(rules: Rule[], others: readonly Rule[]): Rule[] {
  for (const [index, rule] of rules.entries()) {
    const twin = [...others, ...rules.slice(0, index)].find(({ ruleId }) => ruleId === rule.ruleId)
    if (twin !== undefined) throw new Error(`name: "${rule.ruleId}" is taken by a rule in ${twin.file}`)
  }
  return rules
}
