import type { RuleEnvironment } from './environment.ts'
import { compileFieldTest } from './field-test.ts'
import { compileKeywords } from './keywords.ts'
import { allOf, anyOf, type Predicate } from './predicate.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

/**
 * A named part of a detection: a map of fields that must all fit, or a list of maps and of words, of which one must fit.
 * Words are looked for in the whole event, and so are those under a key without a field (`'|all'`).
 */
export function compileSelection(selection: unknown, path: FieldPath, environment: RuleEnvironment): Predicate {
  if (!Array.isArray(selection)) return compileItem(selection, path, environment)
  if (selection.length === 0)
    throw new RuleError(path, 'an empty list selects nothing: write at least one map of fields')
  return anyOf(selection.map((item: unknown, index) => compileItem(item, [...path, index], environment)))
}

function compileItem(item: unknown, path: FieldPath, environment: RuleEnvironment): Predicate {
  if (typeof item === 'string' || typeof item === 'number') return compileKeywords([item], [], path)
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new RuleError(path, 'a selection is a map of fields, or a list of maps or of words')
  }
  const tests = Object.entries(item).map(([key, wanted]: [string, unknown]) => {
    if (!key.startsWith('|')) return compileFieldTest(key, wanted, [...path, key], environment)
    return compileKeywords(Array.isArray(wanted) ? wanted : [wanted], key.slice(1).split('|'), [...path, key])
  })
  if (tests.length === 0) throw new RuleError(path, 'an empty map selects everything: write at least one field')
  return allOf(tests)
}
