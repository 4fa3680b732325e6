import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { Note } from '../clean.ts'
import { withoutNumbers } from '../problems.ts'
import type { MirrorContext } from './context.ts'
import { dated, decodeReading } from './decode-reading.ts'
import type { DecodedSession } from './decode-session.ts'
import { digestOf, digestOfType, type Digest } from './digest.ts'
import { expiryToleranceMs } from './known-sessions.ts'
import { SessionWriter } from './session-writer.ts'
import { ahead, partsOf } from './source/chunks.ts'
import { readKeys, type KeyReading } from './source/read.ts'

/** Strings cost Redis a third of what a hash of ten fields does. */
const stringsForOther = 3

export interface KeyPage {
  keys: readonly RedisKey[]
  /**
   * For keys that somebody asked for: they are read even if this reconcile has read them before, their sessions are
   * committed at once, and then this is told which of the keys are not there.
   */
  settle?: (gone: readonly RedisKey[]) => Promise<void>
}

interface Chunk {
  page: KeyPage
  keys: readonly RedisKey[]
  /** As for readKeys(). */
  areStrings: boolean
  isLast: boolean
}

/** Takes in keys: reads them, and has those written that are new or changed. */
export class Intake {
  readonly #context: MirrorContext
  /** What was read last were strings, so that new keys most probably hold some, too. */
  #areStrings = false
  readonly writer: SessionWriter
  /** Keys of the scan that were new or changed. */
  readonly found: RedisKey[] = []
  problems = 0
  /** Rows that were ended by whoever settled pages. */
  ended = 0

  constructor(context: MirrorContext) {
    this.#context = context
    this.writer = new SessionWriter(context, (change, reason) => this.#refuse(change, change.digest, reason))
  }

  /**
   * Takes pages of keys, which may be repeated and need not exist any more, and writes what came of them. They are taken
   * in the order in which they were read: what was read later is never overwritten by what was read before.
   * @throws GatehouseError REDIS_UNAVAILABLE or POSTGRES_UNAVAILABLE; what was not committed is found again next time
   */
  async take(pages: AsyncIterable<KeyPage> | Iterable<KeyPage>): Promise<void> {
    let gone: RedisKey[] = []
    for await (const { chunk, readings } of ahead(this.#chunks(pages), (next) => this.#read(next))) {
      const { page, keys, isLast } = chunk
      if (page.settle !== undefined && keys.some((key) => this.writer.has(key))) await this.writer.flush()
      for (const reading of readings) this.#consider(reading, page.settle !== undefined)
      if (page.settle === undefined) {
        await this.writer.flushWhenFull()
        continue
      }
      const there = new Set(readings.map(({ key }) => key))
      gone.push(...keys.filter((key) => !there.has(key)))
      if (!isLast) continue
      await this.writer.flush()
      await page.settle(gone)
      gone = []
    }
    await this.writer.flush()
  }

  async *#chunks(pages: AsyncIterable<KeyPage> | Iterable<KeyPage>): AsyncGenerator<Chunk> {
    const { config, memory } = this.#context
    const { readChunk } = config.mirror
    for await (const page of pages) {
      const strings: RedisKey[] = []
      const others: RedisKey[] = []
      for (const key of await this.#sessionKeys(page.keys)) {
        if (this.#isUnreadable(key)) continue
        const isString = memory.known.holdsString(key) ?? this.#areStrings
        ;(isString ? strings : others).push(key)
      }
      const parts = [
        ...partsOf(strings, stringsForOther * readChunk).map((keys) => ({ keys, areStrings: true })),
        ...partsOf(others, readChunk).map((keys) => ({ keys, areStrings: false })),
      ]
      if (parts.length === 0) parts.push({ keys: [], areStrings: false })
      for (const [index, part] of parts.entries()) yield { page, ...part, isLast: index === parts.length - 1 }
    }
  }

  async #read(chunk: Chunk): Promise<{ chunk: Chunk; readings: KeyReading[] }> {
    const readings = await readKeys(this.#context.redis.client, chunk.keys, chunk.areStrings)
    if (readings.length > 0) this.#areStrings = readings.every(({ value }) => value.type === 'string')
    return { chunk, readings: readings.map((reading) => dated(reading, this.#context)) }
  }

  /** The keys that may hold a session. Those that say whose sessions are whose are read, and stand for these sessions. */
  async #sessionKeys(keys: readonly RedisKey[]): Promise<RedisKey[]> {
    const { redis, memory } = this.#context
    const sessions = keys.filter((key) => memory.keys.meet(key))
    if (sessions.length === keys.length) return sessions
    const sets = keys.filter((key) => memory.principals.isSet(key))
    const changed = await memory.principals.take(redis.client, sets)
    for (const key of changed) memory.known.distrust(key)
    return [...sessions, ...changed.filter((key) => memory.keys.meet(key))]
  }

  #consider(reading: KeyReading, isAskedFor: boolean): void {
    const { memory } = this.#context
    const { key, expiresAtMs, value } = reading
    const digest = value.type === 'other' ? digestOfType(value.name) : digestOf(value, expiresAtMs !== null)
    const comparison = memory.known.compare(key, digest, expiresAtMs, isAskedFor ? null : memory.round)
    if ((comparison !== 'unknown' && comparison !== 'changed') || this.writer.has(key)) return
    if (!isAskedFor) this.found.push(key)
    const isNew = comparison === 'unknown'
    // Most keys name their session, so that after a restart their values need not be parsed.
    if (isNew && memory.unclaimed.size > 0 && this.#claim(memory.keys.sessionOf(key), reading, digest)) return
    const decoded = decodeReading(reading, this.#context)
    if ('refusal' in decoded) return this.#refuse(reading, digest, decoded.isOther === true ? null : decoded.refusal)
    this.#change(decoded, reading, digest, isNew)
  }

  #change({ facts, liveId, notes }: DecodedSession, reading: KeyReading, digest: Digest, isNew: boolean): void {
    const { memory } = this.#context
    const { key, nowMs, expiresAtMs, value } = reading
    if (this.#heldByAnother(key, liveId, facts.sessionId)) {
      memory.duplicates.add(key)
      return this.#refuse(reading, digest, 'another key holds a session of the same id: give each session its own')
    }
    memory.keys.note(key, liveId, facts.sessionId)
    if (isNew && this.#claim(facts.sessionId, reading, digest)) return
    for (const note of notes) this.#report(`mirrored with a change: ${whatOf(note)}`, key, note)
    // Not the value itself: many thousand of these wait for their turn.
    this.writer.add({ facts, digest, isNew, key, nowMs, expiresAtMs, isHash: value.type === 'hash' })
  }

  /** Whether the session's row, as an earlier run left it, says just this: then there is nothing to write. */
  #claim(sessionId: SessionId, { key, value, expiresAtMs }: KeyReading, digest: Digest): boolean {
    const { unclaimed, known, round } = this.#context.memory
    const row = unclaimed.get(sessionId)
    if (row?.digest !== digest) return false
    const rowExpiresAtMs = row.expiresAtMs ?? Infinity
    if (expiresAtMs !== null && Math.abs(rowExpiresAtMs - expiresAtMs) > expiryToleranceMs) return false
    unclaimed.delete(sessionId)
    const session = { lastActiveMs: row.activeAtMs }
    known.put(key, { digest, expiresAtMs: expiresAtMs ?? rowExpiresAtMs, hash: value.type === 'hash', session }, round)
    return true
  }

  #heldByAnother(key: RedisKey, liveId: string, sessionId: SessionId): boolean {
    const { known, keys } = this.#context.memory
    const isTaken = (rival: RedisKey) =>
      (known.holdsSession(rival) || this.writer.has(rival)) && keys.sessionOf(rival) === sessionId
    return keys.rivalsOf(key, liveId, sessionId).some(isTaken)
  }

  /**
   * Counted once for each value: the digest is remembered. A session whose value became unreadable is still there.
   * @param refusal null: something else has its place there
   */
  #refuse({ key, expiresAtMs }: Pick<KeyReading, 'key' | 'expiresAtMs'>, digest: Digest, refusal: string | null): void {
    const { known, keys, unclaimed, round } = this.#context.memory
    const sessionId = keys.sessionOf(key)
    const row = known.has(key) ? undefined : unclaimed.get(sessionId)
    if (row !== undefined) {
      unclaimed.delete(sessionId)
      const session = { lastActiveMs: row.activeAtMs }
      known.put(key, { digest, expiresAtMs: row.expiresAtMs ?? Infinity, hash: true, session }, round)
    }
    known.putRefused(key, digest, expiresAtMs ?? Infinity, round)
    if (refusal !== null) this.#report(`not mirrored: ${withoutNumbers(refusal)}`, key)
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

/** Notes are "<field>: <what>"; fields of metadata are named by the application, so only the rest is a reason. */
const whatOf = (note: Note): string => withoutNumbers(note.slice(note.lastIndexOf(': ') + 2))
