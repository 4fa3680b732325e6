import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { Rule } from '../rule.ts'
import { compileBase, compileCorrelation } from './compile.ts'
import { BaseDocument, CorrelationDocument } from './documents.ts'
import type { EventTest } from './fields.ts'
import { RuleError } from './rule-error.ts'
import { parseRuleFile, YamlError, type RuleDocument } from './yaml-file.ts'

/** Why a file was refused. The message names the file, the line and the field. */
export class RefusedFile extends Error {
  constructor(file: string, line: number, field: string, message: string) {
    super(`${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`)
    this.name = 'RefusedFile'
  }
}

/**
 * The rules of one file: its correlations, over base rules of the same file. A file is understood whole or not at all.
 * @param file name that messages and rules show
 * @throws RefusedFile
 */
export function readRules(file: string, text: string): Rule[] {
  const documents = parsed(file, text)
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const base = new Map<string, EventTest>()
  const unused = new Map<RuleDocument, string[]>()
  const correlations: RuleDocument[] = []
  for (const document of documents) {
    if (has(document, 'correlation')) correlations.push(document)
    else inPlace(file, document, () => addBase(document))
  }
  const rules = correlations.map((document) => inPlace(file, document, () => ruleOf(document)))
  for (const document of unused.keys()) {
    throw new RefusedFile(file, document.lineOf([]), '', 'no correlation of this file counts what this rule selects')
  }
  if (rules.length === 0) throw new RefusedFile(file, 1, '', 'the file has no rule')
  return rules

  function addBase(document: RuleDocument): void {
    if (!has(document, 'detection'))
      throw new RuleError([], 'a rule has a detection or a correlation: this has neither')
    const rule = shaped(BaseDocument, document.value)
    const names = [rule.name, rule.id].filter((name) => name !== undefined)
    if (names.length === 0)
      throw new RuleError([], 'a base rule needs a name or an id, so that a correlation can refer to it')
    for (const name of names) {
      if (base.has(name)) throw new RuleError(['name'], `"${name}" is taken by another rule of this file`)
      base.set(name, compileBase(rule))
    }
    unused.set(document, names)
  }

  function ruleOf(document: RuleDocument): Rule {
    const correlation = shaped(CorrelationDocument, document.value)
    const rule = compileCorrelation(correlation, base, { file, version })
    for (const [used, names] of unused) {
      if (names.some((name) => correlation.correlation.rules.includes(name))) unused.delete(used)
    }
    return rule
  }
}

function parsed(file: string, text: string): RuleDocument[] {
  try {
    return parseRuleFile(text)
  } catch (error) {
    if (error instanceof YamlError) throw new RefusedFile(file, error.line, '', `not YAML: ${error.message}`)
    throw error
  }
}

const has = ({ value }: RuleDocument, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)

/** Runs `work`, and says of an error in the document where in the file it is. */
function inPlace<T>(file: string, document: RuleDocument, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw new RefusedFile(file, document.lineOf(error.path), fieldName(error.path), error.message)
  }
}

const fieldName = (path: RuleError['path']): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('')

function shaped<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { issues } = result.error
  // A name that is written wrong says more than the field that is missing for it.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  if (issue === undefined) throw new RuleError([], 'this is not a rule')
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    throw new RuleError([...path, issue.keys[0] ?? ''], 'this field is not supported: remove it, or correct its name')
  }
  throw new RuleError(path, issue.message)
}
