import { isUtf8 } from 'node:buffer'
import type { SessionId } from '../../../shared/model/ids.ts'
import { cleanMetadata, withNotes, type Note } from '../clean.ts'
import { parseObject } from '../json-values.ts'
import { concealId } from './conceal.ts'
import type { MirrorContext } from './context.ts'
import { glimpse } from './glimpse.ts'
import { formatOf } from './profiles/opaque.ts'
import type { HashFields, RawValue } from './profiles/types.ts'
import { resolveKeys } from './resolve-keys.ts'
import { readKeys, type KeyReading } from './source/read.ts'

/** A session's value in Redis, fit to be shown: ids hashed, secrets redacted. */
export interface LiveValue {
  /** The key, its id replaced. */
  key: string
  profile: string
  /** As Redis calls it. */
  type: string
  /** null: no time to live. */
  ttlMs: number | null
  /** Indented. What is not JSON is described in JSON, with the texts that can be made out in it. */
  json: string
  /** Of the value, or of the fields and values of a hash. */
  bytes: number
}

/** @throws GatehouseError REDIS_UNAVAILABLE */
export async function readLive(context: MirrorContext, sessionId: SessionId): Promise<LiveValue | null> {
  const { redis, memory, sessionIds } = context
  const resolved = (await resolveKeys(context, [sessionId])).get(sessionId)
  if (resolved === undefined) return null
  const [reading] = await readKeys(redis.client, [resolved.key])
  if (reading === undefined || reading.value.type === 'other') return null
  const { bytes, content } = contentOf(reading.value)
  const notes: Note[] = []
  const clean = cleanMetadata(content, (liveId) => sessionIds.of(liveId), notes)
  const shown = notes.length === 0 ? clean : withNotes(clean, notes)
  return {
    key: memory.keys.shown(resolved.key),
    profile: resolved.profile,
    type: reading.value.type,
    ttlMs: ttlOf(reading),
    json: JSON.stringify(concealId(shown, memory.keys.liveIdIn(resolved.key), sessionId), null, 2),
    bytes,
  }
}

const ttlOf = ({ expiresAtMs, nowMs }: KeyReading): number | null => (expiresAtMs === null ? null : expiresAtMs - nowMs)

function contentOf(value: RawValue): { bytes: number; content: Record<string, unknown> } {
  if (value.type === 'hash') {
    const bytes = value.fields.reduce((sum, [name, field]) => sum + name.length + field.length, 0)
    return { bytes, content: Object.fromEntries(textsOf(value.fields)) }
  }
  const parsed = parseObject(value.bytes)
  const { bytes } = value
  if ('object' in parsed) return { bytes: bytes.length, content: parsed.object }
  const format = formatOf(bytes)
  const opaque = format === 'unknown' || format === 'JSON' ? parsed.refusal : format
  return { bytes: bytes.length, content: { opaque, texts: glimpse(bytes) } }
}

const textsOf = (fields: HashFields): [string, unknown][] =>
  fields.map(([name, field]) => [
    String(name),
    isUtf8(field) ? String(field) : { bytes: field.length, texts: glimpse(field) },
  ])
