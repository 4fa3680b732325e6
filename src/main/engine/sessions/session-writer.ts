import type { RedisKey } from '../../../shared/model/ids.ts'
import { classify } from '../postgres/sqlstate.ts'
import type { MirrorContext } from './context.ts'
import type { SessionChange } from './store/upsert-sessions.ts'
import { writeSessions, type WrittenSessions } from './write-sessions.ts'

/** Rows of one transaction: with more of them each costs less, until the log's flush is no more than a small part. */
const batchSize = 3_000

export interface KeyChange extends SessionChange {
  key: RedisKey
  /** Redis's clock when it was read. */
  nowMs: number
  /** null: the key has no time to live. */
  expiresAtMs: number | null
  isHash: boolean
}

/** Collects the changes of one reconcile and writes them by the batch. What is known advances after each COMMIT. */
export class SessionWriter {
  readonly #context: MirrorContext
  readonly #refuse: (change: KeyChange, reason: string) => void
  #collected = new Map<RedisKey, KeyChange>()
  /** Is being committed while the next one is collected. */
  #underWay = new Map<RedisKey, KeyChange>()
  #writing: Promise<void> = Promise.resolve()
  readonly counts = { changed: 0, created: 0 }

  /** `refuse` is told of a row that PostgreSQL does not take. */
  constructor(context: MirrorContext, refuse: (change: KeyChange, reason: string) => void) {
    this.#context = context
    this.#refuse = refuse
  }

  /** Whether a session waits to be written that lies under this key. */
  has(key: RedisKey): boolean {
    return this.#collected.has(key) || this.#underWay.has(key)
  }

  add(change: KeyChange): void {
    this.#collected.set(change.key, change)
  }

  /**
   * Begins to write a full batch once the one before is committed.
   * @throws GatehouseError POSTGRES_UNAVAILABLE; what was not committed is found again by the next reconcile
   */
  async flushWhenFull(): Promise<void> {
    if (this.#collected.size < batchSize) return
    await this.#writing
    this.#underWay = this.#collected
    this.#collected = new Map()
    this.#writing = this.#writeAll([...this.#underWay.values()])
    // Whoever awaits it next is told; if nobody does, it is because something else failed before.
    this.#writing.catch(() => undefined)
  }

  /** Writes all that was collected. @throws GatehouseError POSTGRES_UNAVAILABLE */
  async flush(): Promise<void> {
    await this.#writing
    this.#underWay = new Map()
    await this.#writeAll([...this.#collected.values()])
    this.#collected = new Map()
  }

  /** Waits until nothing is under way, whatever became of it. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => undefined)
  }

  async #writeAll(changes: readonly KeyChange[]): Promise<void> {
    for (let from = 0; from < changes.length; from += batchSize) {
      await this.#write(changes.slice(from, from + batchSize))
    }
  }

  /** In one transaction. What PostgreSQL refuses for its data is halved until it stands alone. */
  async #write(changes: readonly KeyChange[]): Promise<void> {
    try {
      this.#remember(await this.#commit(changes))
    } catch (error) {
      const [first] = changes
      if (classify(error) !== 'data' || first === undefined) throw error
      if (changes.length === 1) {
        this.#context.log.warn({ err: error }, 'PostgreSQL refuses the row of a session')
        this.#refuse(first, 'PostgreSQL refuses its row: the log says why')
        return
      }
      const middle = changes.length >> 1
      await this.#write(changes.slice(0, middle))
      await this.#write(changes.slice(middle))
    }
  }

  #commit(changes: readonly KeyChange[]): Promise<WrittenSessions<KeyChange>> {
    const { database, redis, memory } = this.#context
    const isThere = async ({ key }: KeyChange) => (await redis.client.exists(key)) === 1
    const now = new Date(changes.reduce((latestMs, { nowMs }) => Math.max(latestMs, nowMs), -Infinity))
    return database.transaction(async (tx) => {
      const written = await writeSessions(tx, changes, now, isThere)
      if (memory.baseline === null) return written
      // Before the COMMIT: when its answer is lost, the rows are there and do not look new any more.
      for (const { change, began } of written.sessions) {
        if (!began || change.facts.userId === null) continue
        memory.dueLogins.set(change.facts.sessionId, { knownAt: memory.sawAllAt, sinceMs: performance.now() })
      }
      return written
    })
  }

  #remember({ sessions, stored, apiCalls }: WrittenSessions<KeyChange>): void {
    const { memory, signals, publish, report, reportReturned } = this.#context
    for (const { change, firstSeen, began, returned } of sessions) {
      const { facts, digest, key, isHash } = change
      const expiresAtMs = facts.expiresAt?.getTime() ?? Infinity
      const session = { lastActiveMs: (facts.lastActive ?? firstSeen).getTime() }
      memory.known.put(key, { digest, expiresAtMs, hash: isHash, session }, memory.round)
      memory.unclaimed.delete(facts.sessionId)
      if (returned) {
        report('a revoked session is in Redis again: the application saved it once more', key)
        reportReturned(facts.sessionId, key)
      }
      if (began) this.counts.created++
      else this.counts.changed++
    }
    // What the sessions had counted before this store first saw them, nobody called now.
    if (memory.baseline !== null && apiCalls > 0) signals.emit('apiCalls', apiCalls)
    publish(stored, sessions.length)
  }
}
