import { compileFieldTest } from './field-test.ts'
import type { EventTest } from './fields.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

/** A named part of a detection: a map of fields that must all fit, or a list of maps of which one must fit. */
export function compileSelection(selection: unknown, path: FieldPath): EventTest {
  if (!Array.isArray(selection)) return compileMap(selection, path)
  if (selection.length === 0)
    throw new RuleError(path, 'an empty list selects nothing: write at least one map of fields')
  const tests = selection.map((item: unknown, index) => compileMap(item, [...path, index]))
  return (event) => tests.some((fits) => fits(event))
}

function compileMap(map: unknown, path: FieldPath): EventTest {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw new RuleError(path, 'searching for words without a field is not supported: write "field: value"')
  }
  const tests = Object.entries(map).map(([key, wanted]) => compileFieldTest(key, wanted, [...path, key]))
  if (tests.length === 0) throw new RuleError(path, 'an empty map selects everything: write at least one field')
  return (event) => tests.every((fits) => fits(event))
}
