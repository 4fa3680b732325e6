import type { RedisKey } from '../../../shared/model/ids.ts'
import { activeWithinMs, recentWithinMs } from '../../../shared/model/session.ts'
import type { StatusSplit } from '../../../shared/model/system.ts'
import type { Digest } from './digest.ts'

/** Expiries that differ by less are the same: they are computed from what was left at two moments. */
export const expiryToleranceMs = 2_000

const digestWords = 4
const isHash = 1
const isSession = 2

/** `repeated`: it was seen in this round before, because SCAN repeats keys. */
export type Comparison = 'unknown' | 'repeated' | 'changed' | 'same session' | 'same refused value'

/** Rounds are counted from 1. */
const beforeAllRounds = 0

export interface KnownValue {
  digest: Digest
  /** Infinity: never. */
  expiresAtMs: number
  hash: boolean
  /** null: the value is no session, and known only so that it is reported once. */
  session: { lastActiveMs: number } | null
}

/**
 * What is known of each session key, in columns: about 140 bytes a key, most of them the key itself, so that a million
 * sessions fit. The session id is not kept: it follows from the key.
 */
export class KnownSessions {
  readonly #slots = new Map<RedisKey, number>()
  /** The way back from a slot; what stands in a free one is left over. */
  readonly #keys: RedisKey[] = []
  readonly #free: number[] = []
  #digests = new Uint32Array(0)
  #expiresAtMs = new Float64Array(0)
  #lastActiveMs = new Float64Array(0)
  #rounds = new Uint32Array(0)
  #flags = new Uint8Array(0)
  #sessions = 0

  /** Keys that hold a session. */
  get sessions(): number {
    return this.#sessions
  }

  has(key: RedisKey): boolean {
    return this.#slots.has(key)
  }

  holdsSession(key: RedisKey): boolean {
    const slot = this.#slots.get(key)
    return slot !== undefined && this.#flag(slot, isSession)
  }

  /** Whether the key held a session in a string when last read; null where nothing is known of it. */
  holdsString(key: RedisKey): boolean | null {
    const slot = this.#slots.get(key)
    return slot === undefined ? null : this.#flag(slot, isSession) && !this.#flag(slot, isHash)
  }

  expiresAtMs(key: RedisKey): number {
    return this.#expiresAtMs[this.#slots.get(key) ?? -1] ?? Infinity
  }

  /**
   * Compares what a key holds with what it held, and marks it as seen in this round if that is the same.
   * @param expiresAtMs null without a PTTL: then the digest alone tells
   * @param round null: it was not the scan that came to the key, and the key may come often
   */
  compare(key: RedisKey, digest: Digest, expiresAtMs: number | null, round: number | null): Comparison {
    const slot = this.#slots.get(key)
    if (slot === undefined) return 'unknown'
    if (this.#rounds[slot] === round) return 'repeated'
    if (!this.#hasDigest(slot, digest)) return 'changed'
    if (expiresAtMs !== null && Math.abs((this.#expiresAtMs[slot] ?? 0) - expiresAtMs) > expiryToleranceMs) {
      return 'changed'
    }
    if (round !== null) this.#rounds[slot] = round
    return this.#flag(slot, isSession) ? 'same session' : 'same refused value'
  }

  put(key: RedisKey, value: KnownValue, round: number): void {
    const slot = this.#slots.get(key) ?? this.#newSlot(key)
    if (this.#flag(slot, isSession)) this.#sessions--
    if (value.session !== null) this.#sessions++
    for (let word = 0; word < digestWords; word++) {
      this.#digests[slot * digestWords + word] = wordOf(value.digest, word)
    }
    this.#expiresAtMs[slot] = value.expiresAtMs
    this.#lastActiveMs[slot] = value.session?.lastActiveMs ?? 0
    this.#rounds[slot] = round
    this.#flags[slot] = (value.hash ? isHash : 0) | (value.session === null ? 0 : isSession)
  }

  /** Takes note of a value that is no session. A session whose value became one stays a session, as it last was. */
  putRefused(key: RedisKey, digest: Digest, expiresAtMs: number, round: number): void {
    const slot = this.#slots.get(key)
    const session =
      slot === undefined || !this.#flag(slot, isSession) ? null : { lastActiveMs: this.#lastActiveMs[slot] ?? 0 }
    this.put(key, { digest, expiresAtMs, hash: true, session }, round)
  }

  /** Has the key read again, and whatever follows from its value written again. */
  distrust(key: RedisKey): void {
    const slot = this.#slots.get(key)
    if (slot !== undefined) this.#digests.fill(0, slot * digestWords, (slot + 1) * digestWords)
  }

  remove(key: RedisKey): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    if (this.#flag(slot, isSession)) this.#sessions--
    this.#flags[slot] = 0
    this.#slots.delete(key)
    this.#free.push(slot)
  }

  keys(): IterableIterator<RedisKey> {
    return this.#slots.keys()
  }

  /** Keys that were not found in this round. */
  notSeenIn(round: number): RedisKey[] {
    const keys: RedisKey[] = []
    for (const [key, slot] of this.#slots) if (this.#rounds[slot] !== round) keys.push(key)
    return keys
  }

  /** Takes back that the key was found in the present round: it was read later, and was gone. */
  missed(key: RedisKey): void {
    const slot = this.#slots.get(key)
    if (slot !== undefined) this.#rounds[slot] = beforeAllRounds
  }

  /** Sessions whose keys were found in this round. */
  sessionsSeenIn(round: number): number {
    let seen = 0
    for (let slot = 0; slot < this.#keys.length; slot++) {
      if (this.#rounds[slot] === round && this.#flag(slot, isSession)) seen++
    }
    return seen
  }

  /** Sessions whose keys expired after `fromMs`, up to `nowMs`, and when the next one will; Infinity: none will. */
  expiries(fromMs: number, nowMs: number): { expired: RedisKey[]; nextMs: number } {
    const expired: RedisKey[] = []
    let nextMs = Infinity
    for (let slot = 0; slot < this.#keys.length; slot++) {
      const atMs = this.#expiresAtMs[slot] ?? Infinity
      // The cheapest test goes first: most end later than one that was seen before.
      if (atMs >= nextMs || atMs <= fromMs || !this.#flag(slot, isSession) || !this.#keyExpires(slot)) continue
      if (atMs > nowMs) nextMs = atMs
      else expired.push(this.#keys[slot] as RedisKey)
    }
    return { expired, nextMs }
  }

  /** Sessions by the age of their last activity: one pass over two columns. */
  statusSplit(nowMs: number): StatusSplit {
    const split = { active: 0, recent: 0, idle: 0 }
    for (let slot = 0; slot < this.#keys.length; slot++) {
      if (!this.#flag(slot, isSession)) continue
      const idleMs = nowMs - (this.#lastActiveMs[slot] ?? 0)
      if (idleMs < activeWithinMs) split.active++
      else if (idleMs < recentWithinMs) split.recent++
      else split.idle++
    }
    return split
  }

  #flag(slot: number, flag: number): boolean {
    return ((this.#flags[slot] ?? 0) & flag) !== 0
  }

  /** Not only its value says when it ends (see digestOf). */
  #keyExpires(slot: number): boolean {
    return ((this.#digests[slot * digestWords] ?? 0) & 1) !== 0
  }

  #hasDigest(slot: number, digest: Digest): boolean {
    for (let word = 0; word < digestWords; word++) {
      if (this.#digests[slot * digestWords + word] !== wordOf(digest, word)) return false
    }
    return true
  }

  #newSlot(key: RedisKey): number {
    const slot = this.#free.pop() ?? this.#slots.size
    this.#slots.set(key, slot)
    this.#keys[slot] = key
    if (slot >= this.#flags.length) this.#grow(Math.max(1_024, this.#flags.length * 2))
    return slot
  }

  #grow(capacity: number): void {
    const copy = <Column extends { set(from: Column): void }>(column: Column, wider: Column): Column => {
      wider.set(column)
      return wider
    }
    this.#digests = copy(this.#digests, new Uint32Array(capacity * digestWords))
    this.#expiresAtMs = copy(this.#expiresAtMs, new Float64Array(capacity))
    this.#lastActiveMs = copy(this.#lastActiveMs, new Float64Array(capacity))
    this.#rounds = copy(this.#rounds, new Uint32Array(capacity))
    this.#flags = copy(this.#flags, new Uint8Array(capacity))
  }
}

const wordOf = (digest: Digest, word: number): number =>
  (digest.charCodeAt(word * 4) |
    (digest.charCodeAt(word * 4 + 1) << 8) |
    (digest.charCodeAt(word * 4 + 2) << 16) |
    (digest.charCodeAt(word * 4 + 3) << 24)) >>>
  0
