import type { SessionIds } from '../session-ids.ts'
import { decodeSession, type DecodedSession } from './decode-session.ts'
import type { Profiles } from './profiles/profiles.ts'
import type { Refusal } from './profiles/types.ts'
import type { KeyReading } from './source/read.ts'

/**
 * Reads what lies under a key by the profile of its prefix and type.
 * @returns `profile`: the name of that profile; null where none reads this type
 * @throws GatehouseError POSTGRES_UNAVAILABLE while session ids cannot be hashed
 */
export function decodeReading(
  { key, nowMs, expiresAtMs, value }: KeyReading,
  profiles: Profiles,
  sessionIds: SessionIds,
): (DecodedSession & { profile: string }) | (Refusal & { profile: string | null }) {
  if (value.type === 'other') {
    return { refusal: `a ${value.name}: expected a JSON string or a hash`, profile: null }
  }
  const profile = profiles.of(profiles.prefixOf(key) ?? '', value.type)
  if (profile === null) {
    return { refusal: `a ${value.type}: no session store under this prefix uses that type`, profile: null }
  }
  const read = { nowMs, keyExpiresAtMs: expiresAtMs }
  return { ...decodeSession(profile, key, value, read, sessionIds), profile: profile.name }
}
