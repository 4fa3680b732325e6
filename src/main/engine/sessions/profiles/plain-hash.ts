import { isUtf8 } from 'node:buffer'
import { decodePlain, plainRevocation } from './plain.ts'
import type { HashFields, Profile } from './types.ts'

/** `session:<id>`: a hash with the same fields as the JSON form, all of them texts. */
export const plainHash: Profile = {
  name: 'plain-hash',
  type: 'hash',
  revocation: plainRevocation,
  decode(fields, facts) {
    const session = decodePlain(texts(fields), facts)
    const binary = fields.filter(([, value]) => !isUtf8(value)).length
    if (binary > 0 && 'notes' in session)
      session.notes.push(`fields: ${binary} not UTF-8, shown as their number of bytes`)
    return session
  },
}

function* texts(fields: HashFields): Generator<[string, unknown]> {
  for (const [name, value] of fields) {
    yield [name.toString('utf8'), isUtf8(value) ? value.toString('utf8') : { bytes: value.length }]
  }
}
