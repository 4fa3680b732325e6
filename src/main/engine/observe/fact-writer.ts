import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Database } from '../postgres/database.ts'
import { writeEvents } from '../postgres/write-events.ts'
import type { Problems } from '../problems.ts'
import type { SignalBus } from '../signals.ts'
import { eventOfFact, type Fact } from './fact.ts'

/** Facts that may wait while PostgreSQL is away: some hours of them. */
const maxWaiting = 1_000

/** Stores facts as events, each once. What cannot be stored now waits: a fact has its own time. */
export class FactWriter {
  readonly #database: Database
  readonly #signals: SignalBus
  readonly #problems: Problems
  #waiting: AuditEvent[] = []

  constructor({ database, signals, problems }: { database: Database; signals: SignalBus; problems: Problems }) {
    this.#database = database
    this.#signals = signals
    this.#problems = problems
  }

  add(facts: readonly Fact[]): void {
    this.#waiting.push(...facts.map(eventOfFact))
    const over = this.#waiting.length - maxWaiting
    if (over <= 0) return
    const [first] = this.#waiting.splice(0, over)
    this.#problems.report(
      'watch',
      'what the observer noticed was left out: PostgreSQL was away too long',
      first?.type ?? '',
    )
  }

  /** @throws GatehouseError POSTGRES_UNAVAILABLE, NOT_LEADER; then the facts wait on */
  async flush(): Promise<void> {
    const events = this.#waiting
    if (events.length === 0) return
    const { stored } = await this.#database.transaction((tx) => writeEvents(tx, events, { lookFirst: true }))
    this.#waiting = this.#waiting.slice(events.length)
    if (stored.length > 0) this.#signals.emit('stored', stored)
  }
}
