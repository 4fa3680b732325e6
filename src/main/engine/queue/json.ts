import { parseExact } from '../exact-json.ts'

/** The value of a JSON text, integers exact to the digit; null where it is none and is kept or shown as it is. */
export function parseOrNull(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return null
  }
}
