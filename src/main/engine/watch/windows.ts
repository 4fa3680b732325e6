import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { FieldValue } from './rules/fields.ts'

/** What a rule remembers of an event. */
export interface Entry {
  readonly atMs: number
  readonly eventId: EventId
  /** How many happenings the event stands for. */
  readonly weight: number
  /** Values of the fields that the rule's summary counts. */
  readonly facts: readonly FieldValue[]
  /** The alert that lists the event, once it does. */
  alertId: AlertId | null
}

/** Event time, then identity: the one order in which entries are looked at, whichever came first. */
export function isBefore(a: Pick<Entry, 'atMs' | 'eventId'>, b: Pick<Entry, 'atMs' | 'eventId'>): boolean {
  return a.atMs === b.atMs ? a.eventId < b.eventId : a.atMs < b.atMs
}

/** Index of the first entry that is not before `entry`. */
export function placeOf(entries: readonly Entry[], entry: Pick<Entry, 'atMs' | 'eventId'>): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const candidate = entries[middle]
    if (candidate !== undefined && isBefore(candidate, entry)) low = middle + 1
    else high = middle
  }
  return low
}

/** Puts the entry where it belongs. False when it is there already: an event counts once, however often it is read. */
export function insert(entries: Entry[], entry: Entry): boolean {
  const place = placeOf(entries, entry)
  const there = entries[place]
  if (there?.atMs === entry.atMs && there.eventId === entry.eventId) return false
  entries.splice(place, 0, entry)
  return true
}

/** The window of one timespan that ends with an entry, moved forward entry by entry. */
export class SlidingWindow {
  readonly #entries: readonly Entry[]
  readonly #timespanMs: number
  #from: number
  #to: number
  #value = 0

  /** Starts before the entry at `index`: that entry is the first that `advance` brings in. */
  constructor(entries: readonly Entry[], timespanMs: number, index: number) {
    this.#entries = entries
    this.#timespanMs = timespanMs
    this.#from = index
    this.#to = index
    const first = entries[index]
    if (first === undefined) return
    while (this.#from > 0 && this.#holds(this.#from - 1, first)) {
      this.#from--
      this.#value += entries[this.#from]?.weight ?? 0
    }
  }

  /** Moves on to the window that ends with the next entry. */
  advance(): void {
    const newest = this.#entries[this.#to]
    if (newest === undefined) return
    this.#to++
    this.#value += newest.weight
    while (!this.#holds(this.#from, newest)) {
      this.#value -= this.#entries[this.#from]?.weight ?? 0
      this.#from++
    }
  }

  /** Sum of the weights. */
  get value(): number {
    return this.#value
  }

  /** Index of the first entry inside. */
  get from(): number {
    return this.#from
  }

  /** Index after the last entry inside. */
  get to(): number {
    return this.#to
  }

  /** What is exactly `timespan` old is still inside. */
  #holds(index: number, newest: Entry): boolean {
    return newest.atMs - (this.#entries[index]?.atMs ?? 0) <= this.#timespanMs
  }
}
