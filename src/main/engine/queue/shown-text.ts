import { cleanMetadata } from '../clean.ts'
import { isEntries } from '../json-values.ts'
import type { SessionIds } from '../session-ids.ts'
import { parseOrNull } from './json.ts'

/** As much of an item is shown. */
export const maxShownBytes = 8 * 1024

/**
 * In what does not parse: whatever follows a session id's name, and any run of characters that is long enough to be an
 * id. Rather too much than a credential on a screen.
 */
const idLike =
  /(?<name>(?:session[._-]?ids?|\bsids?)[^A-Za-z0-9_]{1,8})(?<value>[^\s"',;&}\]]+)|(?<token>[A-Za-z0-9_-]{20,})/gi

/**
 * An item as an analyst may see it: session ids replaced by their HMAC, secrets by `[redacted]`, controls by `\xNN`; what is
 * no UTF-8 is read as Latin-1.
 * @param head the item, or its first `maxShownBytes` where it is longer
 * @param bytes length of the whole item
 */
export function shownText(head: Buffer, bytes: number, sessionIds: SessionIds): string {
  const hash = (liveId: string): string => {
    try {
      return sessionIds.of(liveId)
    } catch {
      return '[session id]' // The key lies in PostgreSQL, and queues are looked at when PostgreSQL is away.
    }
  }
  if (bytes <= maxShownBytes) {
    const item = parseOrNull(head.toString('utf8'))
    if (isEntries(item)) return JSON.stringify(cleanMetadata(item, hash, []))
  }
  const text = decodeUtf8(head) ?? head.toString('latin1')
  const hidden = text.replace(idLike, (match: string, name?: string, value?: string) =>
    name === undefined || value === undefined ? hash(match) : name + hash(value),
  )
  return escapeControls(hidden).slice(0, maxShownBytes).toWellFormed()
}

/** The text, without a last character that was cut in half; null where the bytes are not UTF-8. */
function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return null // Binary: the caller shows it byte by byte.
  }
}

/** C0 and C1 controls would act on the terminal or the screen instead of being seen. */
const escapeControls = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
