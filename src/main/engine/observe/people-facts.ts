import type { Database } from '../postgres/database.ts'
import { minuteOf, type Fact } from './fact.ts'
import { busyUsers, restingSessions, toldSince } from './store-facts.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Rests that are told, in hours. */
const rests = [24, 168] as const
/** Calls of a user a day that are told, and then each doubling; the catalogue alerts from more than 100. */
const leastCalls = 50
/** Facts of one kind at one look: more would bury the others. */
const maxFacts = 200

/** What sessions and users did over hours: looked up now and then, and told once a thing. */
export class PeopleFacts {
  readonly #database: Database
  readonly #onLeftOut: (what: string) => void
  /** Keys that are stored, by when they were told. */
  readonly #told = new Map<string, number>()
  #lookedMs: number | null = null

  constructor(database: Database, onLeftOut: (what: string) => void) {
    this.#database = database
    this.#onLeftOut = onLeftOut
  }

  async look(now: Date): Promise<Fact[]> {
    const nowMs = now.getTime()
    if (this.#lookedMs === null) {
      // Another engine may have told them, or this one before it started again.
      for (const id of await toldSince(this.#database, ['session_idle', 'power_user'], new Date(nowMs - 2 * dayMs))) {
        this.#told.set(id, nowMs)
      }
    }
    const afterMs = this.#lookedMs ?? nowMs - hourMs
    const facts = [...(await this.#resting(afterMs, nowMs)), ...(await this.#busy(nowMs))]
    this.#lookedMs = nowMs
    for (const [id, toldMs] of this.#told) if (nowMs - toldMs > 2 * dayMs) this.#told.delete(id)
    return facts.filter(({ kind, key }) => {
      const id = `obs:${kind}:${key}`
      if (this.#told.has(id)) return false
      this.#told.set(id, nowMs)
      return true
    })
  }

  async #resting(afterMs: number, nowMs: number): Promise<Fact[]> {
    const facts: Fact[] = []
    for (const hours of rests) {
      const [after, until] = [new Date(afterMs - hours * hourMs), new Date(nowMs - hours * hourMs)]
      const found = await restingSessions(this.#database, { after, until, limit: maxFacts + 1 })
      if (found.length > maxFacts) this.#onLeftOut(`session_idle, ${hours} h`)
      for (const { sessionId, userId, lastActive } of found.slice(0, maxFacts)) {
        facts.push({
          kind: 'session_idle',
          at: minuteOf(nowMs),
          key: `${sessionId}:${hours}:${lastActive.toISOString()}`,
          description: `A session has rested for ${hours === 24 ? 'a day' : 'a week'}, since ${lastActive.toISOString()}`,
          metadata: { hours },
          userId,
          sessionId,
        })
      }
    }
    return facts
  }

  async #busy(nowMs: number): Promise<Fact[]> {
    const day = new Date(Math.floor(nowMs / dayMs) * dayMs)
    const found = await busyUsers(this.#database, { since: day, over: leastCalls, limit: maxFacts + 1 })
    if (found.length > maxFacts) this.#onLeftOut('power_user')
    return found.slice(0, maxFacts).map(({ userId, calls }) => {
      const step = leastCalls * 2 ** Math.floor(Math.log2((calls - 1) / leastCalls))
      return {
        kind: 'power_user',
        at: minuteOf(nowMs),
        key: `${userId}:${day.toISOString().slice(0, 10)}:${step}`,
        description: `${calls} calls by sessions that began today (UTC), more than ${step}`,
        metadata: { calls },
        userId,
      }
    })
  }
}
