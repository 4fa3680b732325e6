import type { MirrorContext } from './context.ts'
import { decodeSession, type DecodedSession } from './decode-session.ts'
import type { Profile, Refusal } from './profiles/types.ts'
import type { KeyReading } from './source/read.ts'

/** A reading whose time to live is that of the session: some stores keep the key for a while afterwards. */
export type DatedReading = KeyReading & { outlivesMs?: number }

export type DecodedReading = DecodedSession | (Refusal & { profile: Profile | null })

/**
 * Reads what lies under a key by the profiles of its keyspace, told apart by type and shape of the value.
 * @returns `profile`: the one that reads it, or the last that refused; null where none reads this type
 * @throws GatehouseError POSTGRES_UNAVAILABLE while session ids cannot be hashed
 */
export function decodeReading(
  { key, nowMs, expiresAtMs, outlivesMs = 0, value }: DatedReading,
  { profiles, sessionIds, memory }: Pick<MirrorContext, 'profiles' | 'sessionIds' | 'memory'>,
): DecodedReading {
  if (value.type === 'other') {
    return { refusal: `a ${value.name}: expected a JSON string or a hash`, profile: null }
  }
  const read = { nowMs, keyExpiresAtMs: expiresAtMs, keyOutlivesMs: outlivesMs, principal: memory.principals.of(key) }
  const liveId = memory.keys.liveIdIn(key)
  let refused: DecodedReading | null = null
  for (const profile of profiles.keyspaceOf(key)?.profiles ?? []) {
    if (profile.type !== value.type) continue
    const decoded = decodeSession(profile, liveId, value, read, sessionIds)
    if (!('refusal' in decoded)) return decoded
    refused = decoded
  }
  if (refused !== null) return refused
  return { refusal: `a ${value.type}: no session store under this prefix uses that type`, profile: null }
}

/** The reading with the session's own end in the place of the key's. */
export function dated(reading: KeyReading, { profiles }: Pick<MirrorContext, 'profiles'>): DatedReading {
  const { key, expiresAtMs, value } = reading
  if (value.type !== 'hash' || expiresAtMs === null) return reading
  const outlivesMs = profiles.keyspaceOf(key)?.outlivesMs?.(value.fields, expiresAtMs) ?? 0
  return outlivesMs === 0 ? reading : { ...reading, expiresAtMs: expiresAtMs - outlivesMs, outlivesMs }
}
