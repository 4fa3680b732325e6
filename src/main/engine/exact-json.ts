/** Deeper values are not kept (clean.ts), so their digits do not matter. */
const maxDepth = 20

/**
 * JSON.parse, but an integer beyond 2^53 or a number beyond a double's range becomes the text of its digits: two users
 * with ids of 19 digits must not become one.
 * @throws SyntaxError as JSON.parse does
 */
export function parseExact(json: string): unknown {
  const value: unknown = JSON.parse(json)
  return holdsInexact(value, 0) ? JSON.parse(json, keepDigits) : value
}

const isInexact = (value: number): boolean =>
  !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))

function holdsInexact(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return isInexact(value)
  if (typeof value !== 'object' || value === null || depth > maxDepth) return false
  for (const name in value) {
    if (holdsInexact((value as Record<string, unknown>)[name], depth + 1)) return true
  }
  return false
}

function keepDigits(_name: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && isInexact(value) ? (context?.source ?? value) : value
}
