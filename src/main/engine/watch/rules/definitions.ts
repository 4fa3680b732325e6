import { compileDetection, fromSource } from './detection.ts'
import { BaseDocument, CorrelationDocument, FilterDocument } from './documents.ts'
import type { RuleEnvironment } from './environment.ts'
import type { Predicate } from './predicate.ts'
import { inPlace, RefusedFile } from './refused-file.ts'
import { RuleError } from './rule-error.ts'
import { has, shaped } from './shape.ts'
import { readTests, type RuleTest } from './tests/test-document.ts'
import { parseRuleFile, YamlError, type RuleDocument } from './yaml-file.ts'

/** A rule of a file, by itself: what it refers to is not looked up yet. */
export type Definition = BaseDefinition | CorrelationDefinition

interface Common {
  file: string
  yaml: RuleDocument
  /** What others may call it. */
  names: readonly string[]
}

export interface BaseDefinition extends Common {
  kind: 'base'
  document: BaseDocument
  selects: Predicate
}

export interface CorrelationDefinition extends Common {
  kind: 'correlation'
  document: CorrelationDocument
}

export interface FilterDefinition extends Omit<Common, 'names'> {
  document: FilterDocument
  keeps: Predicate
}

/** What a file holds. */
export interface RuleFile {
  file: string
  text: string
  rules: readonly Definition[]
  filters: readonly FilterDefinition[]
  tests: readonly RuleTest[]
}

/**
 * The documents of a file, each understood by itself.
 * @throws RefusedFile
 */
export function readDefinitions(file: string, text: string, environment: RuleEnvironment): RuleFile {
  const rules: Definition[] = []
  const filters: FilterDefinition[] = []
  const tests: RuleTest[] = []
  for (const yaml of documentsOf(file, text)) {
    inPlace(file, yaml, () => {
      const { value } = yaml
      if (has(value, 'correlation')) rules.push(correlationOf(file, yaml))
      else if (has(value, 'filter')) filters.push(filterOf(file, yaml, environment))
      else if (has(value, 'detection')) rules.push(baseOf(file, yaml, environment))
      else if (has(value, 'tests')) tests.push(...readTests(value, []))
      else throw new RuleError([], 'a rule has a detection, a correlation or a filter: this has none of them')
      if (has(value, 'gatehouse')) tests.push(...readTests((value as { gatehouse: unknown }).gatehouse, ['gatehouse']))
    })
  }
  if (rules.length + filters.length === 0) throw new RefusedFile(file, 1, '', 'the file has no rule')
  return { file, text, rules, filters, tests }
}

function documentsOf(file: string, text: string): RuleDocument[] {
  try {
    return parseRuleFile(text)
  } catch (error) {
    if (error instanceof YamlError) throw new RefusedFile(file, error.line, '', `not YAML: ${error.message}`)
    throw error
  }
}

function baseOf(file: string, yaml: RuleDocument, environment: RuleEnvironment): BaseDefinition {
  const document = shaped(BaseDocument, yaml.value)
  const names = namesOf(document)
  if (names.length === 0) throw new RuleError([], 'a base rule needs a name or an id: others refer to it by that')
  const selects = fromSource(compileDetection(document.detection, ['detection'], environment), document.logsource)
  return { kind: 'base', file, yaml, names, document, selects }
}

function correlationOf(file: string, yaml: RuleDocument): CorrelationDefinition {
  const document = shaped(CorrelationDocument, yaml.value)
  const names = namesOf(document)
  if (names.length === 0) throw new RuleError([], 'a correlation needs a name or an id: alerts are filed under it')
  return { kind: 'correlation', file, yaml, names, document }
}

function filterOf(file: string, yaml: RuleDocument, environment: RuleEnvironment): FilterDefinition {
  const document = shaped(FilterDocument, yaml.value)
  const { rules: _rules, ...detection } = document.filter
  const keeps = compileDetection(detection, ['filter'], environment)
  return { file, yaml, document, keeps }
}

const namesOf = ({ name, id }: { name?: string | undefined; id?: string | undefined }): string[] => [
  ...new Set([name, id].filter((one) => one !== undefined)),
]
