import { isUtf8 } from 'node:buffer'
import { parseExact } from './exact-json.ts'

/** What decoders of untrusted JSON have in common. */

export const isEntries = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Text, or what has one obvious text form: applications send numeric ids. Else null. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** How a message names the type of a JSON value. */
export function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

const flags = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  ['true', true],
  ['false', false],
  [1, true],
  [0, false],
  ['1', true],
  ['0', false],
  // str(True) of Python, as it lands in hashes.
  ['True', true],
  ['False', false],
])

/** The truth value that a value stands for, or null. */
export const flagOf = (value: unknown): boolean | null => flags.get(value) ?? null

/** The JSON object that the bytes hold, integers exact to the digit, or why there is none. */
export function parseObject(bytes: Buffer): { object: Record<string, unknown> } | { refusal: string } {
  if (bytes.length === 0) return { refusal: 'empty: expected one JSON object' }
  if (!isUtf8(bytes)) return { refusal: 'not UTF-8: expected one JSON object as UTF-8 text' }
  try {
    const object = parseExact(bytes.toString('utf8'))
    return isEntries(object) ? { object } : { refusal: `${typeName(object)}: expected one JSON object` }
  } catch (error) {
    // Only the place: the parser's message quotes the text, which may hold a session id.
    const at = /position \d+/.exec(error instanceof Error ? error.message : '')
    return { refusal: `broken JSON${at === null ? '' : ` at ${at[0]}`}: expected one JSON object` }
  }
}
