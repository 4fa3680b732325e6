import type { RuleEnvironment } from './environment.ts'
import { isList, type EventTest, type Field } from './field.ts'
import { fieldList, findField } from './fields.ts'
import type { OpenEnds } from './glob.ts'
import { parseModifiers, type Modifiers } from './modifiers.ts'
import { always, columnsOf, type Predicate } from './predicate.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { compileValue, plainText, type Fold, type ValueTest } from './value-test.ts'

/**
 * One line of a selection: `field|modifier: value`, or a list of values, of which one must fit (with `all`: each).
 * Texts are compared without regard to case unless `cased` is there, with `*` and `?` as wildcards.
 */
export function compileFieldTest(
  key: string,
  wanted: unknown,
  path: FieldPath,
  environment: RuleEnvironment,
): Predicate {
  const [name = '', ...modifierNames] = key.split('|')
  const field = fieldAt(name, path, environment)
  const modifiers = parseModifiers(modifierNames, path)
  const { test, others = [] } = comparison(field, modifiers, wanted, path, environment)
  const types = name === 'event_type' ? typesOf(wanted, modifiers) : null
  const own: EventTest = modifiers.neq ? (event) => !test(event) : test
  return {
    test: own,
    rest: types === null || modifiers.cased ? own : always,
    cost: field.cost + comparisonCost(modifiers, wanted),
    types,
    columns: columnsOf([field, ...others].map(({ columns }) => columns)),
    uses: [field, ...others].flatMap(({ uses }) => uses),
  }
}

function fieldAt(name: string, path: FieldPath, environment: RuleEnvironment): Field {
  const field = findField(name, environment)
  if (field !== null) return field
  throw new RuleError(path, `there is no field "${name}": the fields are ${fieldList(environment)}`)
}

function comparison(
  field: Field,
  modifiers: Modifiers,
  wanted: unknown,
  path: FieldPath,
  environment: RuleEnvironment,
): { test: EventTest; others?: readonly Field[] } {
  const { read, exists } = field
  if (modifiers.compare === 'exists') {
    if (typeof wanted !== 'boolean') throw new RuleError(path, 'exists takes true or false')
    const isThere = exists ?? ((event) => read(event) !== null)
    return { test: (event) => isThere(event) === wanted }
  }
  if (wanted === null) {
    if (modifiers.compare !== 'text') throw new RuleError(path, 'null goes with no modifier but neq')
    return { test: (event) => read(event) === null }
  }
  const list = listOf(wanted, modifiers, path)
  if (modifiers.compare === 'fieldref') return referring(field, list, modifiers, path, environment)
  return { test: ofValues(field, list, modifiers, path) }
}

function listOf(wanted: unknown, { all }: Modifiers, path: FieldPath): readonly unknown[] {
  if (!Array.isArray(wanted)) {
    if (all) throw new RuleError(path, 'all needs a list of values')
    return [wanted]
  }
  if (wanted.length === 0) throw new RuleError(path, 'an empty list matches nothing: write at least one value')
  const none = wanted.indexOf(null)
  if (none >= 0) {
    throw new RuleError([...path, none], 'null cannot stand in a list: give it a selection of its own')
  }
  return wanted
}

/** One test of an event out of those of its values. */
function ofValues(field: Field, list: readonly unknown[], modifiers: Modifiers, path: FieldPath): EventTest {
  const fold = foldOf(field)
  const at = (index: number): FieldPath => (list.length > 1 ? [...path, index] : path)
  const { read, readAll } = field
  const holds = (fits: ValueTest): EventTest =>
    readAll === undefined
      ? (event) => fits(read(event), fold)
      : (event) => {
          const found = readAll(event)
          return isList(found) ? found.some((value) => fits(value, fold)) : fits(found, fold)
        }
  if (!modifiers.all) return holds(anyValue(list, modifiers, at))
  const tests = list.map((wanted, index) => holds(compileValue(wanted, modifiers, at(index))))
  return (event) => tests.every((test) => test(event))
}

function anyValue(list: readonly unknown[], modifiers: Modifiers, at: (index: number) => FieldPath): ValueTest {
  const texts = list.map((wanted) => plainText(wanted, modifiers))
  if (texts.length > 2 && texts.every((text) => text !== null)) {
    const known = new Set(texts.map((text) => (modifiers.cased ? text : text.toLowerCase())))
    return (value, fold) => value !== null && known.has(modifiers.cased ? String(value) : fold(String(value)))
  }
  const tests = list.map((wanted, index) => compileValue(wanted, modifiers, at(index)))
  const [first, ...others] = tests
  if (first !== undefined && others.length === 0) return first
  return (value, fold) => tests.some((fits) => fits(value, fold))
}

/** Compares with other fields of the same event. Where either is missing, nothing fits. */
function referring(
  field: Field,
  list: readonly unknown[],
  { ends, cased, all }: Modifiers,
  path: FieldPath,
  environment: RuleEnvironment,
): { test: EventTest; others: readonly Field[] } {
  const others = list.map((name) => {
    if (typeof name !== 'string') throw new RuleError(path, 'fieldref takes the name of a field')
    return fieldAt(name, path, environment)
  })
  const tests = others.map((other): EventTest => (event) => {
    const [a, b] = [field.read(event), other.read(event)]
    if (a === null || b === null) return false
    return cased ? isPart(String(a), String(b), ends) : isPart(String(a).toLowerCase(), String(b).toLowerCase(), ends)
  })
  return {
    test: all ? (event) => tests.every((test) => test(event)) : (event) => tests.some((test) => test(event)),
    others,
  }
}

function isPart(text: string, part: string, { start, end }: OpenEnds): boolean {
  if (start && end) return text.includes(part)
  if (start) return text.endsWith(part)
  return end ? text.startsWith(part) : text === part
}

/** The types that `event_type` is compared with, where it is compared whole. */
function typesOf(wanted: unknown, modifiers: Modifiers): Predicate['types'] {
  if (modifiers.neq || modifiers.all) return null
  const texts = (Array.isArray(wanted) ? wanted : [wanted]).map((one) => plainText(one, modifiers))
  return texts.every((text) => text !== null) ? new Set(texts.map((text) => text.toLowerCase())) : null
}

function comparisonCost({ compare, ends, timePart }: Modifiers, wanted: unknown): number {
  const values = Array.isArray(wanted) ? wanted.length : 1
  if (compare === 're') return 30 * values
  if (compare === 'text' && (ends.start === true || timePart !== null)) return 3 * values
  return compare === 'cidr' ? 2 * values : 1
}

const folds = new WeakMap<Field, Fold>()

/** Lower case, remembered for the last text: many rules look at the same field of one event. */
function foldOf(field: Field): Fold {
  const known = folds.get(field)
  if (known !== undefined) return known
  let text = ''
  let lower = ''
  const fold: Fold = (wanted) => {
    if (wanted === text) return lower
    text = wanted
    lower = wanted.toLowerCase()
    return lower
  }
  folds.set(field, fold)
  return fold
}
