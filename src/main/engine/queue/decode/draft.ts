import { blankEvent, type AuditEvent } from '../../../../shared/model/event.ts'
import { cleanMetadata, withNotes, type Note } from '../../clean.ts'
import type { SessionIds } from '../../session-ids.ts'

type Entries = Record<string, unknown>

/** An event in the making: what has a column goes into `event`, all else into its metadata, and each change is noted. */
export class Draft {
  readonly event: AuditEvent
  readonly notes: Note[] = []
  readonly #sessionIds: SessionIds
  /** Why the item cannot be stored at all; null while it can. */
  refusal: string | null = null
  #metadata: Entries | null = null
  #beside: Entries | null = null

  constructor(facts: Parameters<typeof blankEvent>[0], sessionIds: SessionIds) {
    this.event = blankEvent(facts)
    this.#sessionIds = sessionIds
  }

  refuse(reason: string): void {
    this.refusal ??= reason
  }

  /** Puts an entry into the metadata, as it was sent. */
  keep(name: string, value: unknown): void {
    put((this.#beside ??= {}), name, value)
  }

  /** Puts a value that its column cannot take into the metadata, and says so. */
  keepWrong(name: string, value: unknown, what: string): void {
    this.keep(name, value)
    this.notes.push(`${name}: ${what}, kept in metadata`)
  }

  /** Takes over an object that the application sent as metadata; it must be the caller's to change. */
  addMetadata(entries: Entries): void {
    if (this.#metadata === null) this.#metadata = entries
    else for (const name of Object.keys(entries)) put(this.#metadata, name, entries[name])
  }

  setSession(liveId: string): void {
    this.event.sessionId = this.#sessionIds.of(liveId)
  }

  /** The event with its metadata; `notes` are complete from then on, and stand in the metadata's `_notes`. */
  finish(): AuditEvent {
    const raw = this.#join()
    if (raw !== null) {
      this.event.metadata = cleanMetadata(raw, (liveId) => this.#sessionIds.of(liveId), this.notes)
    }
    if (this.notes.length > 0) this.event.metadata = withNotes(this.event.metadata, this.notes)
    return this.event
  }

  #join(): Entries | null {
    if (this.#metadata === null || this.#beside === null) return this.#metadata ?? this.#beside
    for (const name of Object.keys(this.#beside)) {
      // The application may use one name in its metadata and beside it: both stay.
      put(this.#metadata, Object.hasOwn(this.#metadata, name) ? `event.${name}` : name, this.#beside[name])
    }
    return this.#metadata
  }
}

/** Sets an own property, whatever its name: assigning `__proto__` would change the prototype instead. */
function put(target: Entries, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}
