import { parseObject } from '../../json-values.ts'
import { formatOf, opaqueRevocation, opaqueSession } from './opaque.ts'
import { decodePlain } from './plain.ts'
import type { Profile } from './types.ts'

/** What Flask-Session writes into every session that is permanent, as sessions are by default. */
const permanent = '_permanent'

/**
 * `session:<sid>`, the prefix of plain sessions: what Flask-Session stores, in MessagePack (from 0.7), in JSON where that
 * is set, in pickle before. JSON is told from a plain session by the field that Flask keeps.
 */
export const flaskSession: Profile = {
  name: 'flask-session',
  type: 'string',
  revocation: opaqueRevocation(
    'The key is deleted in Redis.',
    'A request that is under way saves its session again when it ends: the guard removes it again.',
    'A "remember me" cookie of Flask-Login logs its user in again.',
  ),
  decode(bytes, facts) {
    const format = formatOf(bytes)
    if (format === 'MessagePack' || format === 'pickle') return opaqueSession(bytes)
    const expected = { refusal: `no field ${permanent}: expected a session of Flask-Session` }
    // Most values here are plain sessions: they must not be parsed twice.
    if (!bytes.includes(`"${permanent}"`)) return expected
    const parsed = parseObject(bytes)
    if (!('object' in parsed) || !Object.hasOwn(parsed.object, permanent)) return expected
    const { _user_id: loginId, ...fields } = parsed.object
    // Of Flask-Login; other applications choose a name of their own.
    const entries = Object.entries('user_id' in fields ? parsed.object : { ...fields, user_id: loginId ?? null })
    return decodePlain(entries, facts)
  },
}
