import { address, blankSession, callCount, expiresAt, flag, lastActive, text, type FieldReader } from './fields.ts'
import type { ReadFacts, Refusal, RevocationFacts, SessionValue } from './types.ts'

/** The fields of a plain session, JSON or hash: names are a public interface (design, "Data"). */
const readers: ReadonlyMap<string, FieldReader> = new Map([
  ['session_id', text('liveId')],
  ['user_id', text('userId')],
  ['is_active', flag('isActive')],
  ['force_logout', flag('forceLogout')],
  ['ip_address', address],
  ['user_agent', text('userAgent')],
  ['country', text('country')],
  ['last_active', lastActive],
  ['expires_at', expiresAt],
  ['api_call_count', callCount],
])

/** Reads the fields of a plain session; what has none of them belongs to something else. */
export function decodePlain(
  fields: Iterable<readonly [name: string, value: unknown]>,
  facts: ReadFacts,
): SessionValue | Refusal {
  const session = blankSession()
  let known = 0
  for (const [name, value] of fields) {
    const read = readers.get(name)
    if (read === undefined) {
      session.extra.push([name, value])
      continue
    }
    known++
    if (value !== null) read(session, value, name, facts)
  }
  return known > 0 ? session : { refusal: 'no field of a session: expected at least session_id or user_id' }
}

export const plainRevocation: RevocationFacts = {
  how: 'The key is deleted in Redis, and the session is named on the force-logout channel.',
  publishesForceLogout: true,
  doesNotEnd: ['Access tokens that were signed for the session stay valid until they expire.'],
}
