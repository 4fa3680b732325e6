import { isSecret, redacted } from '../shared/secrets.ts'

const maxDepth = 16
/** Values kept of one event: what is beyond is a mistake, such as a whole request given as metadata. */
const maxValues = 2_000
const leftOut = '[left out: too large or too deep]'
/** As long as the audit store keeps a text. */
const maxTextLength = 8_192

/**
 * A copy that JSON can hold: values under secret-sounding names (passwords, tokens, authorization, cookies, keys) are
 * replaced, at any depth; depth, number of values and texts are bounded, so that cycles end; what was left out says so.
 * @param secretNames further names of secrets, in lower case
 * @throws whatever a getter or a toJSON of the given objects throws
 */
export function redact(event: Readonly<Record<string, unknown>>, secretNames: ReadonlySet<string>): object {
  let left = maxValues

  const copyOf = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return shorten(value)
    if (typeof value === 'bigint') return value.toString()
    if (typeof value !== 'object' || value === null) return value
    if (left <= 0 || depth >= maxDepth) return leftOut
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if ('toJSON' in value && typeof value.toJSON === 'function') return copyOf(value.toJSON(), depth + 1)
    if (value instanceof Error) return { name: value.name, message: shorten(value.message) }
    return Array.isArray(value) ? copyOfList(value, depth) : copyOfEntries(value, depth)
  }

  const copyOfList = (list: readonly unknown[], depth: number): unknown[] => {
    const copy: unknown[] = []
    for (const item of list) {
      if (left-- <= 0) {
        copy.push(leftOut)
        break
      }
      copy.push(copyOf(item, depth + 1))
    }
    return copy
  }

  const copyOfEntries = (entries: object, depth: number): object => {
    // Without a prototype: a field named __proto__ is a field like any other.
    const copy = Object.create(null) as Record<string, unknown>
    for (const [name, value] of Object.entries(entries)) {
      if (left-- <= 0) {
        copy['_left_out'] = leftOut
        break
      }
      const secret = isSecret(name, value) || secretNames.has(name.toLowerCase())
      copy[name] = secret ? redacted : copyOf(value, depth + 1)
    }
    return copy
  }

  return copyOfEntries(event, 0)
}

const shorten = (text: string): string =>
  text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}… [cut from ${text.length} characters]`
