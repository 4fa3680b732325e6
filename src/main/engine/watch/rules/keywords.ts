import type { AuditEvent } from '../../../../shared/model/event.ts'
import { bareEnvironment } from './environment.ts'
import { columnNames, findField } from './fields.ts'
import { parseModifiers } from './modifiers.ts'
import type { Predicate } from './predicate.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { compileValue, type ValueTest } from './value-test.ts'

/** Whatever a producer put into metadata, an event is searched for in bounded time. */
const maxValues = 1_000

const columns = columnNames.map((name) => findField(name, bareEnvironment)).filter((field) => field !== null)

/**
 * Words that are looked for in all that an event says: its columns and what lies in its metadata, at any depth.
 * @param modifiers `all` (each word must be there), `re` and its flags, `cased`
 */
export function compileKeywords(words: readonly unknown[], modifiers: readonly string[], path: FieldPath): Predicate {
  const stray = modifiers.find((name) => !['all', 're', 'i', 'm', 's', 'cased', 'contains'].includes(name))
  if (stray !== undefined) throw new RuleError(path, `${stray} needs a field: write "field|${stray}"`)
  if (words.length === 0) throw new RuleError(path, 'an empty list selects nothing: write at least one word')
  const isRegex = modifiers.includes('re')
  const parsed = parseModifiers([...new Set([...modifiers, ...(isRegex ? [] : ['contains'])])], path)
  const tests = words.map((word, index) => {
    const text = typeof word === 'number' || typeof word === 'boolean' ? String(word) : word
    return compileValue(text, parsed, [...path, index])
  })
  const isIn = (texts: readonly string[], fits: ValueTest) => texts.some((text) => fits(text, lowerCase))
  const test = (event: AuditEvent): boolean => {
    const texts = textsOf(event)
    return parsed.all ? tests.every((fits) => isIn(texts, fits)) : tests.some((fits) => isIn(texts, fits))
  }
  return {
    test,
    rest: test,
    cost: 50 * words.length,
    types: null,
    columns: null,
    uses: [],
  }
}

const lowerCase = (text: string): string => text.toLowerCase()

function textsOf(event: AuditEvent): string[] {
  const texts: string[] = []
  for (const { read } of columns) {
    const value = read(event)
    if (value !== null) texts.push(String(value))
  }
  // A list of what is left to look at, because depth is the producer's choice.
  const left: unknown[] = [event.metadata]
  for (let at = 0; at < left.length && at < maxValues; at++) {
    const value = left[at]
    if (typeof value === 'object' && value !== null) left.push(...Object.values(value).slice(0, maxValues))
    else if (typeof value === 'string') texts.push(value)
    else if (typeof value === 'number' || typeof value === 'boolean') texts.push(String(value))
  }
  return texts
}
