import { hash } from 'node:crypto'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { Note } from '../clean.ts'
import { withoutNumbers } from '../problems.ts'
import type { MirrorContext } from './context.ts'
import { decodeReading } from './decode-reading.ts'
import type { DecodedSession } from './decode-session.ts'
import { digestBytes, digestOf } from './digest.ts'
import { expiryToleranceMs } from './known-sessions.ts'
import { SessionWriter, type KeyChange } from './session-writer.ts'
import { ahead, chunked } from './source/chunks.ts'
import { readKeys, type KeyReading } from './source/read.ts'

/** Takes in the keys of one reconcile: reads them, and has those written that are new or changed. */
export class Intake {
  readonly #context: MirrorContext
  readonly writer: SessionWriter
  /** Keys that hold a session. */
  scanned = 0
  problems = 0

  constructor(context: MirrorContext) {
    this.#context = context
    this.writer = new SessionWriter(context, ({ reading, digest }, reason) => this.#refuse(reading, digest, reason))
  }

  /**
   * Takes pages of keys, which may be repeated and need not exist any more, and writes what came of them.
   * @throws GatehouseError REDIS_UNAVAILABLE or POSTGRES_UNAVAILABLE; what was not committed is found again next time
   */
  async take(pages: AsyncIterable<readonly RedisKey[]> | Iterable<readonly RedisKey[]>): Promise<void> {
    const { redis, config, memory } = this.#context
    const holdsString = (key: RedisKey) => memory.known.holdsString(key)
    const read = (keys: readonly RedisKey[]) =>
      readKeys(
        redis.client,
        keys.filter((key) => !this.#isUnreadable(key)),
        holdsString,
      )
    for await (const readings of ahead(chunked(pages, config.mirror.readChunk), read)) {
      for (const reading of readings) this.#consider(reading)
      await this.writer.flushWhenFull()
    }
    await this.writer.flush()
  }

  #consider(reading: KeyReading): void {
    const { memory, profiles, sessionIds } = this.#context
    const { key, expiresAtMs, value } = reading
    const digest = value.type === 'other' ? digestOfType(value.name) : digestOf(value, expiresAtMs !== null)
    const comparison = memory.known.compare(key, digest, expiresAtMs, memory.round)
    if (comparison === 'same session') this.scanned++
    if ((comparison !== 'unknown' && comparison !== 'changed') || this.writer.has(key)) return
    const isNew = comparison === 'unknown'
    // Most keys name their session, so that after a restart their values need not be parsed.
    if (isNew && memory.unclaimed.size > 0 && this.#claim(memory.keys.sessionOf(key), reading, digest)) return
    const decoded = decodeReading(reading, profiles, sessionIds)
    if ('refusal' in decoded) return this.#refuse(reading, digest, decoded.refusal)
    this.#change(decoded, { reading, digest, isNew })
  }

  #change({ facts, liveId, notes }: DecodedSession, change: Omit<KeyChange, 'facts'>): void {
    const { memory } = this.#context
    const { reading, digest, isNew } = change
    const { key } = reading
    if (this.#heldByAnother(key, liveId, facts.sessionId)) {
      memory.duplicates.add(key)
      return this.#refuse(reading, digest, 'another key holds a session of the same id: give each session its own')
    }
    memory.keys.note(key, liveId, facts.sessionId)
    if (isNew && this.#claim(facts.sessionId, reading, digest)) return
    for (const note of notes) this.#report(`mirrored with a change: ${whatOf(note)}`, key, note)
    this.scanned++
    this.writer.add({ ...change, facts })
  }

  /** Whether the session's row, as an earlier run left it, says just this: then there is nothing to write. */
  #claim(sessionId: SessionId, { key, value, expiresAtMs }: KeyReading, digest: Buffer): boolean {
    const { unclaimed, known, round } = this.#context.memory
    const row = unclaimed.get(sessionId)
    if (row?.digest?.equals(digest) !== true) return false
    const rowExpiresAtMs = row.expiresAtMs ?? Infinity
    if (expiresAtMs !== null && Math.abs(rowExpiresAtMs - expiresAtMs) > expiryToleranceMs) return false
    unclaimed.delete(sessionId)
    const session = { lastActiveMs: row.activeAtMs }
    known.put(key, { digest, expiresAtMs: expiresAtMs ?? rowExpiresAtMs, hash: value.type === 'hash', session }, round)
    this.scanned++
    return true
  }

  #heldByAnother(key: RedisKey, liveId: string, sessionId: SessionId): boolean {
    const { known, keys } = this.#context.memory
    if ((this.writer.keyOf(sessionId) ?? key) !== key) return true
    return keys
      .rivalsOf(key, liveId, sessionId)
      .some((rival) => known.holdsSession(rival) && keys.sessionOf(rival) === sessionId)
  }

  /** Counted once for each value: the digest is remembered. A session whose value became unreadable is still there. */
  #refuse({ key, expiresAtMs }: KeyReading, digest: Buffer, refusal: string): void {
    const { known, keys, unclaimed, round } = this.#context.memory
    const sessionId = keys.sessionOf(key)
    const row = known.has(key) ? undefined : unclaimed.get(sessionId)
    if (row !== undefined) {
      unclaimed.delete(sessionId)
      const session = { lastActiveMs: row.activeAtMs }
      known.put(key, { digest, expiresAtMs: row.expiresAtMs ?? Infinity, hash: true, session }, round)
    }
    known.putRefused(key, digest, expiresAtMs ?? Infinity, round)
    if (known.holdsSession(key)) this.scanned++
    this.#report(`not mirrored: ${withoutNumbers(refusal)}`, key)
  }

  /** SCAN's answer is text: a key of other bytes cannot be asked for. */
  #isUnreadable(key: RedisKey): boolean {
    const { known, round } = this.#context.memory
    if (!key.includes('\ufffd')) return false
    if (!known.has(key)) this.#report('not mirrored: the key is not UTF-8: expected a session id as text', key)
    known.putRefused(key, digestOfType('none'), Infinity, round)
    return true
  }

  #report(reason: string, key: RedisKey, detail?: string): void {
    this.problems++
    this.#context.report(reason, key, detail)
  }
}

/** Stands for a value that is not read. */
const digestOfType = (name: string): Buffer => hash('sha256', name, 'buffer').subarray(0, digestBytes)

/** Notes are "<field>: <what>"; fields of metadata are named by the application, so only the rest is a reason. */
const whatOf = (note: Note): string => withoutNumbers(note.slice(note.lastIndexOf(': ') + 2))
