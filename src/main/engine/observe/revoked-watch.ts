import type { AuditEvent } from '../../../shared/model/event.ts'
import type { SessionId } from '../../../shared/model/ids.ts'
import { minuteOf, type Fact } from './fact.ts'
import type { Revocation } from './store-facts.ts'

/** A request that was under way may save its session once more; after this it has no excuse. */
export const graceMs = 10_000
/** A session may come back later than that: so long after its revocation it is looked for. */
export const watchedMs = 600_000
/** Revocations watched at a time; of more than that the oldest are given up, and counted. */
const maxWatched = 10_000

/** Watches whether revoked sessions are in Redis, past the grace. Each is told once. */
export class RevokedWatch {
  readonly #watched = new Map<SessionId, Revocation>()
  readonly #onGivenUp: (count: number) => void

  constructor(onGivenUp: (count: number) => void) {
    this.#onGivenUp = onGivenUp
  }

  /** What is stored: who revoked a session, and in which engine, does not matter. */
  note(events: readonly Pick<AuditEvent, 'type' | 'sessionId' | 'userId' | 'createdAt'>[]): void {
    for (const { type, sessionId, userId, createdAt } of events) {
      if (sessionId === null) continue
      if (type === 'revoked') this.#watched.set(sessionId, { sessionId, userId, at: createdAt })
      // Some applications give the id of a session to the next one.
      else if (type === 'login') this.#watched.delete(sessionId)
    }
    const over = this.#watched.size - maxWatched
    if (over <= 0) return
    for (const sessionId of [...this.#watched.keys()].slice(0, over)) this.#watched.delete(sessionId)
    this.#onGivenUp(over)
  }

  clear(): void {
    this.#watched.clear()
  }

  /** Those that ought to be gone at `nowMs`; what was watched for long enough is forgotten. */
  due(nowMs: number): SessionId[] {
    for (const [sessionId, { at }] of this.#watched) {
      if (nowMs - at.getTime() > watchedMs) this.#watched.delete(sessionId)
    }
    return [...this.#watched.values()]
      .filter(({ at }) => nowMs - at.getTime() > graceMs)
      .map(({ sessionId }) => sessionId)
  }

  /** Those of the due ones that are in Redis. */
  told(alive: Iterable<SessionId>, nowMs: number): Fact[] {
    const facts: Fact[] = []
    for (const sessionId of alive) {
      const revocation = this.#watched.get(sessionId)
      if (revocation === undefined) continue
      this.#watched.delete(sessionId)
      const seconds = Math.round((nowMs - revocation.at.getTime()) / 1_000)
      facts.push({
        kind: 'revoked_session_alive',
        at: minuteOf(nowMs),
        key: `${sessionId}:${revocation.at.toISOString()}`,
        description: `A session that was revoked ${seconds} s ago is in Redis`,
        metadata: { seconds },
        userId: revocation.userId,
        sessionId,
      })
    }
    return facts
  }
}
