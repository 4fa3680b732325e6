import { hash } from 'node:crypto'
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
  let keyed: { secret: Buffer; hmac: (text: string) => string } | null = null
  const of = (liveId: string): SessionId => {
    if (mode === 'plain') return liveId as SessionId
    const secret = key()
    if (secret === null) {
      throw new GatehouseError(
        'POSTGRES_UNAVAILABLE',
        'The key for session ids is kept in the audit store, which has not been reached yet: check the PostgreSQL connection.',
      )
    }
    if (keyed?.secret !== secret) keyed = { secret, hmac: hmacSha256(secret) }
    return keyed.hmac(liveId) as SessionId
  }
  return { of, sought: (typed) => (storedForm.test(typed) ? (typed as SessionId) : of(typed)) }
}

const blockBytes = 64
const digestBytes = 32

/**
 * HMAC-SHA-256 (RFC 2104, section 2) of texts, in hex, as two hashes at once each: createHmac makes a stream for every
 * call, which takes four times as long as both.
 * @param secret at most a block long: a longer key would have to be hashed first
 */
function hmacSha256(secret: Buffer): (text: string) => string {
  if (secret.length > blockBytes) throw new RangeError(`A key of ${secret.length} bytes: ${blockBytes} are the most.`)
  const inner = Buffer.alloc(blockBytes, 0x36)
  const outer = Buffer.alloc(blockBytes + digestBytes, 0x5c)
  for (const [at, byte] of secret.entries()) {
    inner.writeUInt8(0x36 ^ byte, at)
    outer.writeUInt8(0x5c ^ byte, at)
  }
  return (text) => {
    const message = Buffer.allocUnsafe(blockBytes + Buffer.byteLength(text))
    message.set(inner)
    message.write(text, blockBytes)
    outer.write(hash('sha256', message, 'binary'), blockBytes, 'latin1')
    return hash('sha256', outer, 'hex')
  }
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
