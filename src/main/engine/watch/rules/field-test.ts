import { BlockList, isIP } from 'node:net'
import { bareEnvironment } from './environment.ts'
import { fieldList, readerOf, type EventTest, type FieldValue } from './fields.ts'
import { compileGlob, type OpenEnds } from './glob.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

type ValueTest = (value: FieldValue) => boolean

/** How a value of the rule is compared with one of the event. */
type Compare = (wanted: unknown, cased: boolean, path: FieldPath) => ValueTest

const ends: Readonly<Record<string, OpenEnds>> = {
  contains: { start: true, end: true },
  startswith: { end: true },
  endswith: { start: true },
}

/** Each of these says how to compare; one at most may stand after a field. `all` and `cased` may stand beside some. */
const comparisons: Readonly<Record<string, Compare>> = {
  contains: partOfText('contains'),
  startswith: partOfText('startswith'),
  endswith: partOfText('endswith'),
  cidr: (wanted, _cased, path) => inNetwork(wanted, path),
  exists: (wanted, _cased, path) => {
    if (typeof wanted !== 'boolean') throw new RuleError(path, 'exists takes true or false')
    return (value) => (value !== null) === wanted
  },
  gt: ordered((value, limit) => value > limit),
  gte: ordered((value, limit) => value >= limit),
  lt: ordered((value, limit) => value < limit),
  lte: ordered((value, limit) => value <= limit),
}
const knownModifiers = [...Object.keys(comparisons), 'all', 'cased']
const takesCased: ReadonlySet<string> = new Set([...Object.keys(ends), 'equals'])

/**
 * One line of a selection: `field|modifier: value`, or a list of values, of which one must fit (with `all`: each).
 * Texts are compared without regard to case unless `cased` is there, with `*` and `?` as wildcards.
 */
export function compileFieldTest(key: string, wanted: unknown, path: FieldPath): EventTest {
  const [name = '', ...modifiers] = key.split('|')
  const read = readerOf(name)
  if (read === null) {
    throw new RuleError(path, `there is no field "${name}": the fields are ${fieldList(bareEnvironment)}`)
  }
  const compare = chooseComparison(modifiers, path)
  const cased = modifiers.includes('cased')
  if (!Array.isArray(wanted)) {
    const fits = compare(wanted, cased, path)
    if (modifiers.includes('all')) throw new RuleError(path, 'all needs a list of values')
    return (event) => fits(read(event))
  }
  if (wanted.length === 0) throw new RuleError(path, 'an empty list matches nothing: write at least one value')
  const tests = wanted.map((item: unknown, index) => compare(item, cased, [...path, index]))
  if (modifiers.includes('all')) return (event) => tests.every((fits) => fits(read(event)))
  return (event) => tests.some((fits) => fits(read(event)))
}

function chooseComparison(modifiers: readonly string[], path: FieldPath): Compare {
  const unknown = modifiers.find((modifier) => !knownModifiers.includes(modifier))
  if (unknown !== undefined) {
    throw new RuleError(path, `the modifier "${unknown}" is not supported: use ${knownModifiers.join(', ')}`)
  }
  const chosen = modifiers.filter((modifier) => Object.hasOwn(comparisons, modifier))
  const [name = 'equals'] = chosen
  if (chosen.length > 1) throw new RuleError(path, `${chosen.join(' and ')} cannot be combined: use one of them`)
  if (new Set(modifiers).size < modifiers.length) throw new RuleError(path, 'a modifier is written twice')
  if (modifiers.includes('cased') && !takesCased.has(name)) throw new RuleError(path, `${name} does not go with cased`)
  if (modifiers.includes('all') && !Object.hasOwn(ends, name)) {
    throw new RuleError(path, 'all goes with contains, startswith or endswith only')
  }
  return comparisons[name] ?? equals
}

/** A value of the event as a text; null for none. */
const textOf = (value: FieldValue): string | null => (value === null ? null : String(value))

function equals(wanted: unknown, cased: boolean, path: FieldPath): ValueTest {
  if (wanted === null) return (value) => value === null
  if (typeof wanted === 'string') return ontoText(compileGlob(wanted, cased))
  if (typeof wanted === 'boolean') return (value) => textOf(value)?.toLowerCase() === String(wanted)
  if (typeof wanted === 'number') return (value) => isNumber(value) && Number(value) === wanted
  throw new RuleError(path, 'a value is a text, a number, true, false or null')
}

function partOfText(modifier: keyof typeof ends): Compare {
  return (wanted, cased, path) => {
    if (typeof wanted !== 'string' || wanted === '') throw new RuleError(path, `${modifier} takes a text`)
    return ontoText(compileGlob(wanted, cased, ends[modifier]))
  }
}

function ontoText(fits: (text: string) => boolean): ValueTest {
  return (value) => {
    const text = textOf(value)
    return text !== null && fits(text)
  }
}

function inNetwork(wanted: unknown, path: FieldPath): ValueTest {
  const [address = '', bits = '', ...rest] = typeof wanted === 'string' ? wanted.split('/') : []
  const family = isIP(address)
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    throw new RuleError(path, 'cidr takes a network, for example 10.0.0.0/8 or 2001:db8::/32')
  }
  const network = new BlockList()
  network.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return (value) => {
    const kind = typeof value === 'string' ? isIP(value) : 0
    return kind !== 0 && network.check(String(value), kind === 4 ? 'ipv4' : 'ipv6')
  }
}

function ordered(holds: (value: number, limit: number) => boolean): Compare {
  return (wanted, _cased, path) => {
    if (typeof wanted !== 'number') throw new RuleError(path, 'gt, gte, lt and lte take a number')
    return (value) => isNumber(value) && holds(Number(value), wanted)
  }
}

/** Producers write numbers in metadata as text too. */
const isNumber = (value: FieldValue): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
