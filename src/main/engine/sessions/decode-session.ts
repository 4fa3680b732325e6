import type { Session } from '../../../shared/model/session.ts'
import { cleanMetadata, cleanText, maxIdentifierLength, maxTextLength, withNotes, type Note } from '../clean.ts'
import type { SessionIds } from '../session-ids.ts'
import { concealId } from './conceal.ts'
import type { Profile, RawValue, ReadFacts, Refusal, SessionValue } from './profiles/types.ts'

/** What a value says about its session's row in `redis_sync_sessions`. */
export type SessionFacts = Omit<Session, 'firstSeen' | 'lastSeen' | 'endedAt' | 'endReason'>

export interface DecodedSession {
  profile: Profile
  facts: SessionFacts
  liveId: string
  notes: readonly Note[]
}

/**
 * Reads a session as it can be stored: texts cleaned, secrets redacted, the live id replaced wherever it occurs.
 * @param idInKey the live id, unless the value names another
 * @throws GatehouseError POSTGRES_UNAVAILABLE while session ids cannot be hashed
 */
export function decodeSession(
  profile: Profile,
  idInKey: string,
  value: RawValue,
  read: ReadFacts,
  sessionIds: SessionIds,
): DecodedSession | (Refusal & { profile: Profile }) {
  const session = decodeValue(profile, value, read)
  if ('refusal' in session) return { ...session, profile }
  const notes = [...session.notes]
  const liveId = liveIdOf(session, idInKey, notes)
  if (!isStorableId(liveId)) {
    const refusal = `the key holds no session id: expected 1 to ${maxIdentifierLength} characters after its prefix`
    return { refusal, profile }
  }
  const sessionId = sessionIds.of(liveId)
  const userId = userIdOf(session, notes)
  const clean = (text: string | null, name: string, maxLength: number): string | null =>
    text === null ? null : cleanText(text, name, maxLength, notes)
  const metadata =
    session.extra.length === 0 ? {} : cleanMetadata(Object.fromEntries(session.extra), (id) => sessionIds.of(id), notes)
  const texts = {
    userId: clean(userId, 'user_id', maxIdentifierLength),
    userAgent: clean(session.userAgent, 'user_agent', maxTextLength),
    country: clean(session.country, 'country', maxIdentifierLength),
  }
  const facts: SessionFacts = {
    sessionId,
    profile: profile.name,
    isActive: session.isActive,
    forceLogout: session.forceLogout,
    ipAddress: session.ipAddress,
    lastActive: session.lastActive,
    expiresAt: read.keyExpiresAtMs === null ? session.expiresAt : new Date(read.keyExpiresAtMs),
    apiCallCount: session.apiCallCount,
    ...concealId(texts, liveId, sessionId),
    metadata: concealId(notes.length === 0 ? metadata : withNotes(metadata, notes), liveId, sessionId),
  }
  return { profile, facts, liveId, notes }
}

function decodeValue(profile: Profile, value: RawValue, read: ReadFacts): SessionValue | Refusal {
  if (profile.type === 'string' && value.type === 'string') return profile.decode(value.bytes, read)
  if (profile.type === 'hash' && value.type === 'hash') return profile.decode(value.fields, read)
  return { refusal: `a ${value.type}: expected a ${profile.type}` }
}

/** The id that the value names, if it can be stored; else the one in the key. */
function liveIdOf(session: SessionValue, idInKey: string, notes: Note[]): string {
  if (session.liveId === null) return idInKey
  if (isStorableId(session.liveId)) return session.liveId
  notes.push(`session_id: longer than ${maxIdentifierLength} or not text, taken from the key`)
  return idInKey
}

/** Also where ids are stored as they are (privacy.sessionIds "plain"). */
const isStorableId = (id: string): boolean =>
  id !== '' && id.length <= maxIdentifierLength && !id.includes('\0') && id.isWellFormed()

/** A user id is never cut: two users would become one. */
function userIdOf(session: SessionValue, notes: Note[]): string | null {
  const { userId } = session
  if (userId === null || userId.length <= maxIdentifierLength) return userId
  notes.push(`user_id: ${userId.length} characters where ${maxIdentifierLength} are the most, kept in metadata`)
  session.extra.push(['user_id', userId])
  return null
}
