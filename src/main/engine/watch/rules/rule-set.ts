import type { Rule } from '../rule.ts'
import { readDefinitions, type RuleFile } from './definitions.ts'
import { bareEnvironment } from './environment.ts'
import { linkRules } from './link.ts'
import { RefusedFile } from './refused-file.ts'
import type { RuleTest } from './tests/test-document.ts'

/** A rule file as it was read; `file` is the name that messages and rules show. */
export interface SourceFile {
  file: string
  text: string
}

export interface RuleSet {
  /** Each after those it counts. */
  rules: Rule[]
  tests: (RuleTest & { file: string })[]
  /** Files of which nothing is in the set. */
  refused: RefusedFile[]
}

/**
 * The rules of some files, which may refer to each other. A file is understood whole or not at all: one that is not is
 * left out and named, and so is one that refers to its rules; the others go on.
 */
export function compileFiles(sources: readonly SourceFile[], environment = bareEnvironment): RuleSet {
  const refused: RefusedFile[] = []
  const read: RuleFile[] = []
  for (const { file, text } of sources) {
    try {
      read.push(readDefinitions(file, text, environment))
    } catch (error) {
      if (!(error instanceof RefusedFile)) throw error
      refused.push(error)
    }
  }
  const unread = refused.length > 0
  // What refers to a file that is refused in one round is refused in the next, until the rest holds together.
  for (let files = read; ;) {
    const linked = linkRules(files, { read, unread, environment })
    const tests = files.flatMap(({ file, tests: own }) => own.map((test) => ({ ...test, file })))
    if (linked.refused.length === 0) return { rules: linked.rules, tests, refused }
    refused.push(...linked.refused)
    files = files.filter(({ file }) => !linked.refused.some((one) => one.file === file))
  }
}

/**
 * The rules of one file by itself.
 * @throws RefusedFile
 */
export function readRules(file: string, text: string, environment = bareEnvironment): Rule[] {
  const { rules, refused } = compileFiles([{ file, text }], environment)
  if (refused[0] !== undefined) throw refused[0]
  return rules
}
