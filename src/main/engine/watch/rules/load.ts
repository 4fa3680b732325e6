import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../../../shared/errors.ts'
import { maxRuleTextBytes } from '../../../../shared/model/rule.ts'
import { bareEnvironment, type RuleEnvironment } from './environment.ts'
import { compileFiles, type RuleSet, type SourceFile } from './rule-set.ts'

const maxFiles = 1_000

export interface LoadedRules extends Pick<RuleSet, 'rules' | 'tests'> {
  /** The files whose rules these are, by name. */
  files: LoadedFile[]
  /** Files that were not understood, and why; the message says so where another version of the file is used. */
  refused: { file: string; message: string }[]
}

export interface LoadedFile extends SourceFile {
  /** Whether it lies in the first of the folders, which is the program's own. */
  origin: 'shipped' | 'own'
}

/** A text of a file, that can be used when a later one cannot. */
interface Version extends LoadedFile {
  what: string
}

/**
 * Reads the rule files (*.yml, *.yaml) of folders. A file in a later folder takes the place of one with the same name in an
 * earlier: that is how a shipped rule is changed. A file that is not understood is refused and named, and the version of
 * it that was used before, or the one it takes the place of, goes on.
 */
export class RuleLoader {
  readonly #environment: RuleEnvironment
  /** Texts that were understood when they were read last, by file. */
  #lastGood: ReadonlyMap<string, LoadedFile> = new Map()

  constructor(environment: RuleEnvironment = bareEnvironment) {
    this.#environment = environment
  }

  async load(folders: readonly string[]): Promise<LoadedRules> {
    const faults: LoadedRules['refused'] = []
    const found = await this.#read(folders, faults)
    const { set, used, refused } = this.#compile(found)
    const files = used.map(({ file, text, origin }) => ({ file, text, origin }))
    this.#lastGood = new Map(files.map((file) => [file.file, file]))
    return { rules: set.rules, tests: set.tests, files, refused: [...faults, ...refused].toSorted(byFile) }
  }

  /** Compiles the newest version of each file and, as long as one is refused, the next older. */
  #compile(found: ReadonlyMap<string, readonly Version[]>) {
    const versions = new Map([...found].map(([file, list]) => [file, [...list]]))
    const reasons = new Map<string, string>()
    for (;;) {
      const sources = [...versions.values()].flatMap(([newest]) => newest ?? [])
      const set = compileFiles(sources, this.#environment)
      for (const { file, message } of set.refused) {
        if (!reasons.has(file)) reasons.set(file, message)
        versions.get(file)?.shift()
      }
      if (set.refused.length > 0) continue
      const refused = [...reasons].map(([file, message]) => {
        const instead = versions.get(file)?.[0]
        return { file, message: instead === undefined ? message : `${message}. ${instead.what} goes on` }
      })
      return { set, used: sources, refused }
    }
  }

  /** The versions there are of each file, best first. */
  async #read(folders: readonly string[], faults: LoadedRules['refused']): Promise<Map<string, Version[]>> {
    const versions = new Map<string, Version[]>()
    for (const folder of folders) {
      for (const file of await namesIn(folder, faults)) {
        const older = versions.get(file) ?? []
        const text = await readRuleText(path.join(folder, file)).catch((error: unknown) => {
          faults.push({ file, message: `${file}: ${messageOf(error)}` })
          return null
        })
        const origin = folder === folders[0] ? 'shipped' : 'own'
        const read: Version[] = text === null ? [] : [{ file, text, origin, what: 'The shipped version' }]
        versions.set(file, [...read, ...older])
      }
    }
    for (const [file, list] of versions) {
      const last = this.#lastGood.get(file)
      if (last !== undefined && list[0]?.text !== last.text) {
        list.splice(1, 0, { ...last, what: 'The version read before' })
      }
    }
    return new Map([...versions].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
}

const byFile = (a: { file: string }, b: { file: string }): number => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)

/** The rules of folders, read once. */
export const loadRules = (folders: readonly string[], environment?: RuleEnvironment): Promise<LoadedRules> =>
  new RuleLoader(environment).load(folders)

async function namesIn(folder: string, faults: LoadedRules['refused']): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/i.test(name)).toSorted()
    if (names.length > maxFiles) {
      const message = `${folder} has more than ${maxFiles} rule files: the first ${maxFiles} by name are read`
      faults.push({ file: folder, message })
    }
    return names.slice(0, maxFiles)
  } catch (error) {
    const message = `the rules in ${folder} cannot be read: ${messageOf(error)}. Correct watch.rulesDir`
    faults.push({ file: folder, message })
    return []
  }
}

/** @throws Error for a file that is not there, or is too large to be one of rules */
export async function readRuleText(location: string): Promise<string> {
  const { size } = await stat(location)
  if (size > maxRuleTextBytes) throw new Error(`larger than ${maxRuleTextBytes / 1024} KiB, which no rule file is`)
  return readFile(location, 'utf8')
}
