import { syntaxError } from './syntax-error.ts'
import type { TypedValue } from './syntax-tree.ts'

/** Text to compare with: literal pieces between `*` (any text, or none) and `?` (any one character). */
export type Pattern = readonly ({ readonly text: string } | '*' | '?')[]

/** Matching takes time for each wildcard at each place of the text; nobody types as many. */
const maxWildcards = 8

/** Whether an unquoted value holds `*` or `?`. */
export const hasWildcards = (value: TypedValue) => !value.quoted && /[*?]/.test(value.text)

/** Whether it says no more than that there is a value. */
export const isAnything = (value: TypedValue) => !value.quoted && /^\*+$/.test(value.text)

/** The pattern that a typed value means. @throws GatehouseError QUERY_SYNTAX for too many wildcards */
export function patternOf(value: TypedValue): Pattern {
  if (!hasWildcards(value)) return [{ text: value.text }]
  const pieces = value.text.split(/(\*+|\?)/).filter((piece) => piece !== '')
  const pattern = pieces.map((piece) => (piece.startsWith('*') ? '*' : piece === '?' ? '?' : { text: piece }))
  if (pattern.filter((part) => typeof part === 'string').length > maxWildcards) {
    throw syntaxError(value.at, `more than ${maxWildcards} wildcards in one value: quotes take * and ? as text.`)
  }
  return pattern
}

/** The pattern of all texts that contain `pattern`. */
export const containing = (pattern: Pattern): Pattern => [
  ...(pattern[0] === '*' ? [] : ['*' as const]),
  ...pattern,
  ...(pattern.at(-1) === '*' ? [] : ['*' as const]),
]

/** For `LIKE ... ESCAPE '!'`, which both stores read alike. A backslash would depend on settings of PostgreSQL. */
export function toLike(pattern: Pattern): string {
  return pattern
    .map((part) => (part === '*' ? '%' : part === '?' ? '_' : part.text.replaceAll(/[!%_]/g, '!$&')))
    .join('')
}
