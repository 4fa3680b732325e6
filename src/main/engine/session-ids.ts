import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { GatehouseError } from '../../shared/errors.ts'
import type { SessionId } from '../../shared/model/ids.ts'

/** Turns live session ids, which are credentials, into the ids that the audit store knows. */
export interface SessionIds {
  /** Fails with POSTGRES_UNAVAILABLE until the audit store's key has been read once. */
  of(liveId: string): SessionId
  /** What a search for a typed id looks for: the id itself where it already has the stored form, else its HMAC. */
  sought(typed: string): SessionId
}

const storedForm = /^[0-9a-f]{64}$/

/** `key()` yields the audit store's 32-byte key, or null while it is not known. */
export function createSessionIds(mode: 'hmac' | 'plain', key: () => Buffer | null): SessionIds {
  let imported: { secret: Buffer; key: KeyObject } | null = null
  // createHmac imports a Buffer at each call, which takes six times as long as the hashing itself.
  const importedOnce = (secret: Buffer): KeyObject => {
    if (imported?.secret !== secret) imported = { secret, key: createSecretKey(secret) }
    return imported.key
  }
  const of = (liveId: string): SessionId => {
    if (mode === 'plain') return liveId as SessionId
    const secret = key()
    if (secret === null) {
      throw new GatehouseError(
        'POSTGRES_UNAVAILABLE',
        'The key for session ids is kept in the audit store, which has not been reached yet: check the PostgreSQL connection.',
      )
    }
    return createHmac('sha256', importedOnce(secret)).update(liveId).digest('hex') as SessionId
  }
  return { of, sought: (typed) => (storedForm.test(typed) ? (typed as SessionId) : of(typed)) }
}

/** Ids of one generation. Two of them take about 6 MB. */
const maxRemembered = 16_384

/**
 * The same, but an id met among the last some 16,000 is not hashed anew: events of one session come close together, and
 * hashing takes as long as reading the rest of an event. What was met longer ago is forgotten, generation by generation.
 */
export function rememberRecent(sessionIds: SessionIds): SessionIds {
  let young = new Map<string, SessionId>()
  let old = new Map<string, SessionId>()
  const of = (liveId: string): SessionId => {
    const known = young.get(liveId)
    if (known !== undefined) return known
    const sessionId = old.get(liveId) ?? sessionIds.of(liveId)
    if (young.size >= maxRemembered) {
      old = young
      young = new Map()
    }
    young.set(liveId, sessionId)
    return sessionId
  }
  return { ...sessionIds, of }
}
