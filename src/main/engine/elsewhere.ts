import type { AuditEvent } from '../../shared/model/event.ts'
import type { EventId } from '../../shared/model/ids.ts'

/** The word of a COMMIT may come after a reader has seen the rows: by this much at most. */
const holdMs = 1_000
/** Events of this engine that no reader has seen yet, at most; beyond, what others store is not told until it has. */
const mostOwn = 100_000

/** Tells what other engines stored: of what the reader of stored events sees, all that this engine did not store itself. */
export class Elsewhere {
  readonly #tell: (events: readonly AuditEvent[]) => void
  /** What this engine stored and the reader has not seen. */
  readonly #own = new Set<EventId>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isBlind = false

  constructor(tell: (events: readonly AuditEvent[]) => void) {
    this.#tell = tell
  }

  /** This engine stored these. */
  stored(eventIds: readonly EventId[]): void {
    if (this.#own.size > mostOwn) {
      this.#own.clear()
      this.#isBlind = true
    }
    if (!this.#isBlind) for (const eventId of eventIds) this.#own.add(eventId)
  }

  /**
   * The reader saw these, each once.
   * @param page `isNew`: it had read all before them a moment ago. `isLast`: there are no more for now.
   */
  seen(events: readonly AuditEvent[], { isNew, isLast }: { isNew: boolean; isLast: boolean }): void {
    const others = this.#notOwn(events)
    const isTold = isNew && !this.#isBlind
    if (isLast) this.#isBlind = false
    if (!isTold || others.length === 0) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      const rest = this.#notOwn(others)
      if (rest.length > 0) this.#tell(rest)
    }, holdMs)
    this.#timers.add(timer)
  }

  /** Tells no more. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #notOwn(events: readonly AuditEvent[]): AuditEvent[] {
    return events.filter(({ eventId }) => !this.#own.delete(eventId))
  }
}
