import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { FieldValue } from './rules/fields.ts'

/** What a rule remembers of an event. */
export interface Entry {
  readonly atMs: number
  readonly eventId: EventId
  /** How many happenings the event stands for. */
  readonly weight: number
  /** Through which of the rule's inputs it came: bit k stands for input k. */
  inputs: number
  /** Values of the fields that the rule's measures and its summary read, in the order of its inputs' `facts`. */
  readonly facts: readonly FieldValue[]
  /** A suppression hides it: no measure sees it, and the alert that it would have joined counts it. */
  readonly suppressed: boolean
  /** The alert that lists the event, once it does. */
  alertId: AlertId | null
}

/** What puts entries in order, and tells them apart. */
export type EntryKey = Pick<Entry, 'atMs' | 'eventId'>

/** Event time, then identity: the one order in which entries are looked at, whichever came first. */
export function isBefore(a: EntryKey, b: EntryKey): boolean {
  return a.atMs === b.atMs ? a.eventId < b.eventId : a.atMs < b.atMs
}

/** Index of the first entry that is not before `entry`. */
export function placeOf(entries: readonly EntryKey[], entry: EntryKey): number {
  // Most come in order.
  const last = entries.at(-1)
  if (last === undefined || isBefore(last, entry)) return entries.length
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

export const isSame = (a: EntryKey, b: EntryKey): boolean => a.atMs === b.atMs && a.eventId === b.eventId
