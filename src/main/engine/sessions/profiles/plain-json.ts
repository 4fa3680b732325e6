import { parseObject } from '../../json-values.ts'
import { decodePlain, plainRevocation } from './plain.ts'
import type { Profile } from './types.ts'

/** `session:<id>`: a JSON object. */
export const plainJson: Profile = {
  name: 'plain-json',
  type: 'string',
  revocation: plainRevocation,
  decode(bytes, facts) {
    const parsed = parseObject(bytes)
    return 'refusal' in parsed ? parsed : decodePlain(Object.entries(parsed.object), facts)
  },
}
