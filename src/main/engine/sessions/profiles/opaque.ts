import { blankSession } from './fields.ts'
import type { Refusal, RevocationFacts, SessionValue } from './types.ts'

/** First bytes of formats that say so. The rest is never read: formats of objects can run code. */
const magics: readonly (readonly [format: string, ...starts: string[]])[] = [
  ['pickle', '8002', '8003', '8004', '8005'],
  ['Ruby Marshal', '0408'],
  ['Java serialization', 'aced0005'],
  ['igbinary', '00000001', '00000002'],
  ['gzip', '1f8b'],
  ['zlib', '7801', '785e', '789c', '78da'],
  ['Zstandard', '28b52ffd'],
]
/** A map of which the first name is a short text. */
const messagePack = /^(?:[\x81-\x8f]|\xde..)(?:[\xa1-\xbf]|\xd9.)[\x20-\x7e]/s
const texts: readonly (readonly [format: string, start: RegExp])[] = [
  ['MessagePack', messagePack],
  ['PHP serialization', /^(?:[aOCs]:\d+:|[bdi]:-?\d|N;)/],
  ['PHP session', /^[\w.$-]{1,100}\|(?:[aOCs]:\d+:|[bdi]:-?\d|N;)/],
  ['JSON', /^\s*[{[]/],
]
/** No other format begins with these, and most values do. */
const startsOfJson: readonly (number | undefined)[] = [0x7b, 0x5b]
/** As many bytes as the patterns look at. */
const lookedAt = 128

/** The format of a value, as far as its first bytes show it. */
export function formatOf(bytes: Buffer): string {
  if (startsOfJson.includes(bytes[0])) return 'JSON'
  const hex = bytes.toString('hex', 0, 4)
  const magic = magics.find(([, ...starts]) => starts.some((start) => hex.startsWith(start)))
  if (magic !== undefined) return magic[0]
  const text = bytes.toString('latin1', 0, lookedAt)
  return texts.find(([, pattern]) => pattern.test(text))?.[0] ?? (bytes.length === 0 ? 'empty' : 'unknown')
}

/**
 * A session of which no more is known than that it is there: its format and its size. Who it belongs to stays in the
 * bytes. Nothing of their content is kept.
 */
export function opaqueSession(bytes: Buffer): SessionValue {
  const session = blankSession()
  session.extra.push(['opaque', formatOf(bytes)], ['bytes', bytes.length])
  return session
}

/** The same for a keyspace in which other things lie, too: only a value of one of these formats is a session. */
export function opaqueOf(bytes: Buffer, isSession: (bytes: Buffer) => boolean): SessionValue | Refusal {
  return isSession(bytes) ? opaqueSession(bytes) : { refusal: 'another entry of the cache', isOther: true }
}

const unknownUser =
  'Sessions of the same user that Gatehouse cannot attribute: the user stands in bytes that it does not read.'

/** Sessions that lie under one key, in a format that is not read. */
export const opaqueRevocation = (how: string, ...doesNotEnd: string[]): RevocationFacts => ({
  how,
  publishesForceLogout: false,
  doesNotEnd: [...doesNotEnd, unknownUser],
})
