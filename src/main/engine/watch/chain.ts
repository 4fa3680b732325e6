import type { Entry, EntryKey } from './entry.ts'

/** An event on its way into a group. */
export interface Arrival {
  readonly entity: string
  /** Its `inputs` are those it comes through. */
  readonly entry: Entry
  /** How it would enter the rules above, if it fires; null where nothing lies above. */
  readonly feeds: readonly Feed[] | null
}

export interface Feed {
  readonly to: Receiver
  readonly arrival: Arrival
}

/** What takes firings: another rule. */
export interface Receiver {
  receive(arrival: Arrival): void
  /** Takes back that the event came through these inputs. */
  retract(entity: string, key: EntryKey, inputs: number): void
}

/** Tells the rules above that an event fires now, or that it does no more. */
export function tellAbove(feeds: readonly Feed[], fires: boolean): void {
  for (const { to, arrival } of feeds) {
    const { entity, entry: fed, feeds: above } = arrival
    if (fires) to.receive({ entity, entry: { ...fed }, feeds: above })
    else to.retract(entity, fed, fed.inputs)
  }
}

/**
 * Which entries of a group fire, as far as that may still change. The rules above are told of differences alone: a late
 * event may make others fire, or keep them from it.
 */
export class Firings {
  readonly #watched = new Map<Entry, { feeds: readonly Feed[]; fires: boolean }>()
  #firing = 0

  /** Whether any entry fires. */
  get any(): boolean {
    return this.#firing > 0
  }

  /** Nothing may change any more. */
  get isOver(): boolean {
    return this.#watched.size === 0 && this.#firing === 0
  }

  watch(entry: Entry, feeds: readonly Feed[]): void {
    this.#watched.set(entry, { feeds, fires: false })
  }

  /** Says whether an entry fires now. */
  judge(entry: Entry, fires: boolean): void {
    const watched = this.#watched.get(entry)
    if (watched === undefined || watched.fires === fires) return
    watched.fires = fires
    this.#firing += fires ? 1 : -1
    tellAbove(watched.feeds, fires)
  }

  /** The entry has left the group. */
  drop(entry: Entry): void {
    this.judge(entry, false)
    this.#watched.delete(entry)
  }

  /** What the entry does is final. */
  settle(entry: Entry): void {
    if (this.#watched.get(entry)?.fires === true) this.#firing--
    this.#watched.delete(entry)
  }
}
