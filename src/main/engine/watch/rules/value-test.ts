import { encoded } from './encodings.ts'
import type { FieldValue } from './field.ts'
import { compileGlob, compileLiteral, literalOf } from './glob.ts'
import type { Modifiers, Order } from './modifiers.ts'
import { compileNetwork } from './network-test.ts'
import { compileRegex } from './regex-test.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { timePartOf } from './time-part.ts'

/** Lower case of a text. */
export type Fold = (text: string) => string
/** Whether a value of an event is one that a rule names. */
export type ValueTest = (value: FieldValue, fold: Fold) => boolean

/** A value of a rule, compared as its modifiers say. */
export function compileValue(wanted: unknown, modifiers: Modifiers, path: FieldPath): ValueTest {
  switch (modifiers.compare) {
    case 'text':
      return modifiers.timePart === null
        ? compileText(wanted, modifiers, path)
        : compileTimePart(wanted, modifiers, path)
    case 'order':
      return compileOrder(wanted, modifiers, path)
    case 'cidr':
      return compileNetwork(wanted, path)
    case 're': {
      const found = compileRegex(wanted, modifiers.flags, path)
      return (value) => value !== null && found(String(value))
    }
    default:
      throw new RuleError(path, `${modifiers.compare} does not compare values`)
  }
}

/** The text that a value stands for, if it is compared whole and has no wildcards. */
export function plainText(wanted: unknown, { compare, ends, encodings, timePart, windash }: Modifiers): string | null {
  const isPlain = compare === 'text' && encodings.length === 0 && timePart === null && !windash
  return isPlain && ends.start !== true && ends.end !== true && typeof wanted === 'string' ? literalOf(wanted) : null
}

function compileText(wanted: unknown, modifiers: Modifiers, path: FieldPath): ValueTest {
  const { ends, cased, windash, encodings } = modifiers
  const isPart = ends.start === true || ends.end === true
  if (typeof wanted !== 'string') {
    if (isPart || encodings.length > 0 || windash || cased) throw new RuleError(path, 'these modifiers take a text')
    return compileScalar(wanted, path)
  }
  if (isPart && wanted === '') throw new RuleError(path, 'an empty text is part of any: write at least one character')
  const folded = cased ? wanted : wanted.toLowerCase()
  const fits = encodings.length > 0 ? anyEncoded(wanted, modifiers, path) : compileGlob(folded, ends, { windash })
  return (value, fold) => {
    if (value === null) return false
    const text = typeof value === 'string' ? value : String(value)
    return fits(cased ? text : fold(text))
  }
}

function anyEncoded(wanted: string, { ends, cased, encodings }: Modifiers, path: FieldPath): (text: string) => boolean {
  const literal = literalOf(wanted)
  if (literal === null) throw new RuleError(path, 'what is encoded takes no wildcards: put a backslash before each')
  const tests = encoded(literal, encodings).map((text) => compileLiteral(cased ? text : text.toLowerCase(), ends))
  return (text) => tests.some((fits) => fits(text))
}

function compileScalar(wanted: unknown, path: FieldPath): ValueTest {
  if (typeof wanted === 'boolean') return (value, fold) => value !== null && fold(String(value)) === String(wanted)
  if (typeof wanted === 'number') {
    if (Number.isInteger(wanted) && !Number.isSafeInteger(wanted)) {
      throw new RuleError(path, 'a number as large as this is not exact: write it in quotes')
    }
    return (value) => numberOf(value) === wanted
  }
  throw new RuleError(path, 'a value is a text, a number, true, false or null')
}

function compileTimePart(wanted: unknown, { timePart }: Modifiers, path: FieldPath): ValueTest {
  if (timePart === null || typeof wanted !== 'number' || !Number.isInteger(wanted)) {
    throw new RuleError(path, `${timePart} takes a whole number`)
  }
  return (value) => timePartOf(value, timePart) === wanted
}

function compileOrder(wanted: unknown, { order, timePart }: Modifiers, path: FieldPath): ValueTest {
  if (order === null || typeof wanted !== 'number') throw new RuleError(path, `${order} takes a number`)
  const numberIn = timePart === null ? numberOf : (value: FieldValue) => timePartOf(value, timePart)
  return (value) => {
    const number = numberIn(value)
    return number !== null && isInOrder(number, order, wanted)
  }
}

function isInOrder(number: number, order: Order, limit: number): boolean {
  switch (order) {
    case 'gt':
      return number > limit
    case 'gte':
      return number >= limit
    case 'lt':
      return number < limit
    case 'lte':
      return number <= limit
  }
}

/** Producers write numbers in metadata as text too. */
const decimal = /^-?\d+(\.\d+)?$/
const numberOf = (value: FieldValue): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' && decimal.test(value) ? Number(value) : null
