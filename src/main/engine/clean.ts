import type { Metadata } from '../../shared/model/event.ts'
import { isSecret, redacted } from '../../shared/secrets.ts'
import { parseIsoTime } from './iso-time.ts'

/** Longest text kept of a field that identifies (PostgreSQL's index rows end near 2,700 bytes), and of any other. */
export const maxIdentifierLength = 512
export const maxTextLength = 8_192
const maxDepth = 16
const maxMetadataLength = 65_536
/** Characters that JSON needs at most: for one character, as in `\u0000`; for any other scalar, with what surrounds it. */
const longestEscape = 6
const longestScalar = 32
/** Names that end in "session id": `session_id`, `sessionId`, `sid`, `connect.sid`, `old_session_id`, `sessionIds`. */
const sessionIdName = /(session[._-]?ids?|(^|[._-])sids?)$/i

/** What was changed in a value so that it can be stored, one word and a number each: shown beside the event. */
export type Note = string

/**
 * Text as PostgreSQL can hold it: NUL, which it refuses, becomes the visible `\u0000`; lone surrogates become U+FFFD;
 * what is longer than `maxLength` is cut. Every change is noted under the field's name: nothing changes silently.
 */
export function cleanText(text: string, field: string, maxLength: number, notes: Note[]): string {
  let clean = text
  if (clean.length > maxLength) {
    notes.push(`${field}: cut from ${clean.length} characters`)
    clean = clean.slice(0, maxLength)
  }
  if (clean.includes('\0')) {
    notes.push(`${field}: NUL made visible`)
    clean = clean.replaceAll('\0', '\\u0000')
  }
  if (!clean.isWellFormed()) {
    notes.push(`${field}: broken surrogates replaced`)
    clean = clean.toWellFormed()
  }
  return clean
}

/**
 * Metadata as it may be stored: texts cleaned, values under secret-sounding names replaced by `[redacted]`, values
 * under a session id's name replaced by `hashSessionId`, depth and size bounded. Never touches a prototype: the result
 * has none of the input's objects.
 */
export function cleanMetadata(
  value: Record<string, unknown>,
  hashSessionId: (liveId: string) => string,
  notes: Note[],
): Metadata {
  let mostCharacters = 0
  const clean = cleanValue(value, 'metadata', 0)
  // What is small for certain need not be written out to be measured.
  if (mostCharacters <= maxMetadataLength) return clean as Metadata
  const size = JSON.stringify(clean).length
  if (size <= maxMetadataLength) return clean as Metadata
  notes.push(`metadata: ${size} characters left out`)
  return {}

  function cleanValue(input: unknown, path: string, depth: number): unknown {
    mostCharacters += longestScalar
    if (typeof input === 'string') {
      const text = cleanText(input, path, maxTextLength, notes)
      mostCharacters += longestEscape * text.length
      return text
    }
    if (input === null || typeof input !== 'object') return input
    if (depth >= maxDepth) {
      notes.push(`${path}: nested deeper than ${maxDepth}`)
      return null
    }
    if (Array.isArray(input)) return input.map((item) => cleanValue(item, path, depth + 1))
    const output: Record<string, unknown> = {}
    for (const [name, item] of Object.entries(input)) {
      const key = cleanText(name, `${path} key`, maxIdentifierLength, notes)
      mostCharacters += longestEscape * key.length + longestScalar
      const entry = cleanEntry(key, item, path, depth)
      // Assigning __proto__ would set the prototype; defining every property takes four times as long.
      if (key !== '__proto__') output[key] = entry
      else Object.defineProperty(output, key, { value: entry, enumerable: true, configurable: true, writable: true })
    }
    return output
  }

  function cleanEntry(key: string, item: unknown, path: string, depth: number): unknown {
    if (sessionIdName.test(key)) return hashIds(item, path, depth)
    if (isSecret(key, item)) return redacted
    return cleanValue(item, `${path}.${key}`.slice(0, 200), depth + 1)
  }

  /** One id or a list of them; an object under such a name is read like any other. */
  function hashIds(item: unknown, path: string, depth: number): unknown {
    if (typeof item === 'number' || (typeof item === 'string' && item !== '')) {
      const id = hashSessionId(String(item))
      mostCharacters += longestEscape * id.length + longestScalar
      return id
    }
    if (Array.isArray(item) && depth < maxDepth) return item.map((id) => hashIds(id, path, depth + 1))
    return cleanValue(item, path, depth + 1)
  }
}

/** Metadata with the notes on what was changed beside it, under `_notes`; what the application has there stays. */
export const withNotes = (metadata: Metadata, notes: readonly Note[]): Metadata => ({
  ...metadata,
  _notes: '_notes' in metadata ? [metadata['_notes'], ...notes] : notes,
})

const epochDigits = /^\d{9,14}(\.\d+)?$/
const earliestMs = Date.parse('0001-01-01T00:00:00Z')
const latestMs = Date.parse('9999-12-31T00:00:00Z')

/**
 * The moment a value means, to the millisecond, or null: ISO 8601 text, or a number (or digits) of seconds or
 * milliseconds since 1970. Numbers from 1e11 on are milliseconds: as seconds they would lie beyond the year 5138.
 */
export function parseTime(value: unknown): Date | null {
  const isoMs = typeof value === 'string' ? parseIsoTime(value) : null
  if (isoMs !== null) return inRange(isoMs)
  if (value instanceof Date) return inRange(value.getTime())
  const number = typeof value === 'string' && epochDigits.test(value) ? Number(value) : value
  if (typeof number === 'number') return inRange(Math.trunc(Math.abs(number) < 1e11 ? number * 1000 : number))
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return null
  // Without a zone a time is UTC: an audit trail must not depend on where it is read.
  const zoned = value.endsWith('Z') || value.length === 10 || /(z|[+-]\d{2}:?\d{2})$/.test(value)
  return inRange(Date.parse(zoned ? value : `${value.replace(' ', 'T')}Z`))
}

/** PostgreSQL's text form of timestamps and ours agree between the years 1 and 9999. */
function inRange(ms: number): Date | null {
  return Number.isFinite(ms) && ms >= earliestMs && ms <= latestMs ? new Date(ms) : null
}
