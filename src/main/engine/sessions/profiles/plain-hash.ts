import { readTexts } from './hash-texts.ts'
import { decodePlain, plainRevocation } from './plain.ts'
import type { Profile } from './types.ts'

/** `session:<id>`: a hash with the same fields as the JSON form, all of them texts. */
export const plainHash: Profile = {
  name: 'plain-hash',
  type: 'hash',
  revocation: plainRevocation,
  decode: (fields, facts) => readTexts(fields, (texts) => decodePlain(texts, facts)),
}
