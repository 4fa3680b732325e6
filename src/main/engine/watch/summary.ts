import { thresholdOf, type Bounds } from './bounds.ts'
import type { Entry } from './entry.ts'
import type { Level } from './rule.ts'
import { RuleError, type FieldPath } from './rules/rule-error.ts'

/** What a summary speaks of: the window that reached the highest value, and the level it was measured at. */
export interface PeakWindow {
  entity: string
  value: number
  level: Level
  /** Not empty, oldest first. */
  entries: readonly Entry[]
}

/** A rule's sentence. */
export interface SummaryTemplate {
  write: (window: PeakWindow) => string
}

/** Position in `Entry.facts` at which the rule's entries keep a field. Throws a RuleError where there is no such field. */
export type FactPosition = (fieldName: string, path: FieldPath) => number

type Part = (window: PeakWindow) => string
const maxEntityLength = 120

export const defaultSummary = '{value|event|events} of {entity} within {span}, {limit}'

/**
 * Reads a template. Between braces: `entity`; `span`, from the first to the last event of the window; `limit`, what the
 * rule allows; `first FIELD` and `last FIELD`, what the first and the last of these events say; `value` and
 * `distinct FIELD`, numbers that may be followed by `|word|words` for one and for many.
 */
export function parseSummary(template: string, path: FieldPath, factPosition: FactPosition): SummaryTemplate {
  const parts: Part[] = template.split(/(\{[^{}]*\})/).map((piece) => {
    if (!/^\{.*\}$/.test(piece)) {
      if (/[{}]/.test(piece)) throw new RuleError(path, 'a brace is not closed')
      return () => piece
    }
    return placeholder(piece.slice(1, -1), path, factPosition)
  })
  return { write: (window) => parts.map((part) => part(window)).join('') }
}

function placeholder(text: string, path: FieldPath, factPosition: FactPosition): Part {
  const [name = '', ...words] = text.split('|').map((word) => word.trim())
  const [head, fieldName, ...rest] = name.split(/\s+/)
  if (name === 'entity' && words.length === 0) return ({ entity }) => shortened(entity)
  if (name === 'span' && words.length === 0) return ({ entries }) => spanText(spanOf(entries))
  if (name === 'limit' && words.length === 0) return ({ level }) => limitText(level)
  if (name === 'value') return counted(words, path, ({ value }) => value)
  if (head === 'distinct' && fieldName !== undefined && rest.length === 0) {
    const index = factPosition(fieldName, path)
    return counted(words, path, ({ entries }) => distinct(entries, index))
  }
  if ((head === 'first' || head === 'last') && fieldName !== undefined && rest.length === 0 && words.length === 0) {
    const index = factPosition(fieldName, path)
    return ({ entries }) => shortened(String(entries.at(head === 'first' ? 0 : -1)?.facts[index] ?? 'unknown'))
  }
  throw new RuleError(
    path,
    `"{${text}}" is unknown: use {entity}, {span}, {limit}, {value|one|many}, {distinct FIELD|one|many}, {first FIELD} or {last FIELD}`,
  )
}

function counted(words: readonly string[], path: FieldPath, count: (window: PeakWindow) => number): Part {
  const [one, many, ...rest] = words
  if (one === undefined) return (window) => numberText(count(window))
  if (many === undefined || rest.length > 0)
    throw new RuleError(path, 'two words follow a number: for one, and for many')
  return (window) => {
    const number = count(window)
    return `${numberText(number)} ${number === 1 ? one : many}`
  }
}

/** With at most two digits after the point; numbers that say "more than can be counted" say so. */
const numberText = (number: number): string =>
  number >= Number.MAX_SAFE_INTEGER ? '∞' : String(Math.round(number * 100) / 100)

const distinct = (entries: readonly Entry[], fact: number): number =>
  new Set(entries.map((entry) => entry.facts[fact]).filter((value) => value !== null)).size

const spanOf = (entries: readonly Entry[]): number => (entries.at(-1)?.atMs ?? 0) - (entries[0]?.atMs ?? 0)

/** Whoever writes a user's name should not decide how long a sentence gets. */
const shortened = (text: string): string =>
  text.length > maxEntityLength ? `${text.slice(0, maxEntityLength).toWellFormed()}…` : text

/** Rounded up, so that "within" stays true: 340 ms, 41 s, 4 min 50 s, 2 h 5 min. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return inTwo(seconds, 60, 'min', 's')
  return inTwo(Math.ceil(seconds / 60), 60, 'h', 'min')
}

const inTwo = (count: number, size: number, large: string, small: string): string =>
  `${Math.floor(count / size)} ${large}${count % size === 0 ? '' : ` ${count % size} ${small}`}`

const phrases: Readonly<Record<keyof Bounds, string>> = {
  gt: 'more than',
  gte: 'at least',
  eq: 'exactly',
  lt: 'fewer than',
  lte: 'at most',
  neq: 'not',
}

/** "more than 5 in 60 s" */
function limitText({ conditions, timespanMs }: Level): string {
  const [{ bounds }] = conditions
  const keys = (Object.keys(phrases) as (keyof Bounds)[]).filter((key) => bounds[key] !== undefined)
  const text = keys.map((key) => `${phrases[key]} ${bounds[key]}`).join(' and ')
  return `${text || thresholdOf(bounds)} in ${timespanText(timespanMs)}`
}

/** Whole, as a rule states it: 60 s, 5 min, 2 h, 3 d. */
function timespanText(ms: number): string {
  if (ms % 86_400_000 === 0) return `${ms / 86_400_000} d`
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  return ms % 60_000 === 0 && ms > 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`
}
