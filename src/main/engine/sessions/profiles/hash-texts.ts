import { isUtf8 } from 'node:buffer'
import type { HashFields, Refusal, SessionValue } from './types.ts'

/** Reads a hash whose fields are texts. Those that are not are described, never guessed at. */
export function readTexts(
  fields: HashFields,
  read: (texts: [name: string, value: unknown][]) => SessionValue | Refusal,
): SessionValue | Refusal {
  const session = read(
    fields.map(([name, value]) => [String(name), isUtf8(value) ? String(value) : { bytes: value.length }]),
  )
  const binary = fields.filter(([, value]) => !isUtf8(value)).length
  if (binary > 0 && 'notes' in session) {
    session.notes.push(`fields: ${binary} not UTF-8, shown as their number of bytes`)
  }
  return session
}
