import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import { classify } from '../postgres/sqlstate.ts'
import type { MirrorContext } from './context.ts'
import type { KeyReading } from './source/read.ts'
import type { SessionChange } from './store/upsert-sessions.ts'
import { writeSessions, type WrittenSessions } from './write-sessions.ts'

/** Rows of one transaction: with more of them each costs less, until the log's flush is no more than a small part. */
const batchSize = 3_000

export interface KeyChange extends SessionChange {
  reading: KeyReading
}

class Batch {
  readonly changes = new Map<RedisKey, KeyChange>()
  readonly keys = new Map<SessionId, RedisKey>()
}

/** Collects the changes of one reconcile and writes them by the batch. What is known advances after each COMMIT. */
export class SessionWriter {
  readonly #context: MirrorContext
  readonly #refuse: (change: KeyChange, reason: string) => void
  #collected = new Batch()
  /** Is being committed while the next one is collected. */
  #underWay = new Batch()
  #writing: Promise<void> = Promise.resolve()
  readonly counts = { changed: 0, created: 0 }

  /** `refuse` is told of a row that PostgreSQL does not take. */
  constructor(context: MirrorContext, refuse: (change: KeyChange, reason: string) => void) {
    this.#context = context
    this.#refuse = refuse
  }

  has(key: RedisKey): boolean {
    return this.#collected.changes.has(key) || this.#underWay.changes.has(key)
  }

  /** The key that waits to be written as this session. */
  keyOf(sessionId: SessionId): RedisKey | undefined {
    return this.#collected.keys.get(sessionId) ?? this.#underWay.keys.get(sessionId)
  }

  add(change: KeyChange): void {
    this.#collected.changes.set(change.reading.key, change)
    this.#collected.keys.set(change.facts.sessionId, change.reading.key)
  }

  /**
   * Begins to write a full batch once the one before is committed.
   * @throws GatehouseError POSTGRES_UNAVAILABLE; what was not committed is found again by the next reconcile
   */
  async flushWhenFull(): Promise<void> {
    if (this.#collected.changes.size < batchSize) return
    await this.#writing
    this.#underWay = this.#collected
    this.#collected = new Batch()
    this.#writing = this.#writeAll([...this.#underWay.changes.values()])
    // Whoever awaits it next is told; if nobody does, it is because something else failed before.
    this.#writing.catch(() => undefined)
  }

  /** Writes all that was collected. @throws GatehouseError POSTGRES_UNAVAILABLE */
  async flush(): Promise<void> {
    await this.#writing
    this.#underWay = new Batch()
    await this.#writeAll([...this.#collected.changes.values()])
    this.#collected = new Batch()
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
      this.#remember(changes, await this.#commit(changes))
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

  #commit(changes: readonly KeyChange[]): Promise<WrittenSessions> {
    const { database, redis, memory } = this.#context
    const keys = new Map(changes.map(({ facts, reading }) => [facts.sessionId, reading.key]))
    const isThere = async (sessionId: SessionId) => (await redis.client.exists(keys.get(sessionId) ?? '')) === 1
    const now = new Date(Math.max(...changes.map(({ reading }) => reading.nowMs)))
    return database.transaction(async (tx) => {
      const written = await writeSessions(tx, changes, now, isThere)
      // Before the COMMIT: when its answer is lost, the rows are there and do not look new any more.
      for (const { facts } of changes) {
        const isLogin = memory.baseline !== null && facts.userId !== null && written.began.has(facts.sessionId)
        if (!isLogin) continue
        memory.dueLogins.set(facts.sessionId, { knownAt: memory.sawAllAt, sinceMs: performance.now() })
      }
      return written
    })
  }

  #remember(changes: readonly KeyChange[], written: WrittenSessions): void {
    const { memory, signals, publish, report, reportReturned } = this.#context
    for (const { facts, digest, reading } of changes) {
      if (!written.firstSeen.has(facts.sessionId)) continue
      const { sessionId, lastActive, expiresAt } = facts
      const activeAt = lastActive ?? written.firstSeen.get(sessionId)
      memory.known.put(
        reading.key,
        {
          digest,
          expiresAtMs: expiresAt?.getTime() ?? Infinity,
          hash: reading.value.type === 'hash',
          session: { lastActiveMs: activeAt?.getTime() ?? reading.nowMs },
        },
        memory.round,
      )
      memory.unclaimed.delete(sessionId)
      if (written.returned.has(sessionId)) {
        report('a revoked session is in Redis again: the application saved it once more', reading.key)
        reportReturned(sessionId, reading.key)
      }
    }
    // What the sessions had counted before this store first saw them, nobody called now.
    if (memory.baseline !== null && written.apiCalls > 0) signals.emit('apiCalls', written.apiCalls)
    this.counts.created += written.began.size
    this.counts.changed += written.firstSeen.size - written.began.size
    publish(written.stored, written.firstSeen.size)
  }
}
