import type { EventId } from '../../../../shared/model/ids.ts'
import { isSame, type Entry, type EntryKey } from '../entry.ts'
import type { Remains } from '../group.ts'
import type { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { ColdSection, ColdStore } from './cold-store.ts'
import { readText, writeText } from './text-code.ts'
import { Times } from './times.ts'
import { ValueColumn } from './value-column.ts'

/** Flags of an entry, below its inputs. */
const isSuppressed = 1
const isWeighted = 2
const flags = 4

/** To where a group is settled: nowhere, to its last entry, or to an event that is told. */
const nowhere = 0
const toLast = 1
const toEvent = 2
const kinds = 3

const writer = new ByteWriter()

/** What a packed group begins with: all that a sweep needs to know of it. */
interface Head {
  newestMs: number
  entries: number
  /** To where it is settled. */
  kind: number
  hasUnsettled: boolean
}

/** The quiet groups of one rule that are packed: exactly what they were comes back. */
export class ColdGroups {
  readonly #section: ColdSection
  readonly #columns: readonly ValueColumn[]
  readonly #times = new Times()
  #entries = 0

  /**
   * @param facts how many fields the rule's entries remember
   * @param horizonMs event time after which nothing of a group matters any more
   */
  constructor(store: ColdStore, facts: number, horizonMs: number) {
    this.#section = store.open((content, clockMs) => this.#endsBefore(content, clockMs - horizonMs))
    this.#columns = Array.from({ length: facts }, () => new ValueColumn())
  }

  get size(): number {
    return this.#section.size
  }

  /** Entries of them all. */
  get entries(): number {
    return this.#entries
  }

  get bytes(): number {
    return this.#section.bytes
  }

  /** False where a group is too large to be packed. */
  put(entity: string, { entries, settled, settledTo }: Remains): boolean {
    const newestMs = Math.max(entries.at(-1)?.atMs ?? -Infinity, settledTo?.atMs ?? -Infinity)
    if (!Number.isFinite(newestMs)) return false
    writer.clear()
    this.#times.write(writer, newestMs)
    const kind = kindOf(settledTo, entries.at(-1))
    const unsettled = entries.length - settled
    writer.count((entries.length * kinds + kind) * 2 + (unsettled > 0 ? 1 : 0))
    if (unsettled > 0) writer.count(unsettled)
    if (kind === toEvent && settledTo !== null) writeKey(settledTo)
    let later: Entry | undefined
    for (const entry of entries.toReversed()) {
      this.#writeEntry(entry, later?.atMs ?? newestMs, later)
      later = entry
    }
    if (!this.#section.set(entity, writer.bytes)) return false
    this.#entries += entries.length
    return true
  }

  /** Unpacks a group, which is not here any more then. */
  take(entity: string): Remains | null {
    const from = this.#section.get(entity)
    if (from === null) return null
    const { newestMs, entries: count, kind, hasUnsettled } = this.#headOf(from)
    const settled = count - (hasUnsettled ? from.count() : 0)
    const told = kind === toEvent ? readKey(from) : null
    const entries: Entry[] = []
    for (let index = 0; index < count; index++) {
      const later = entries.at(-1)
      entries.push(this.#readEntry(from, later?.atMs ?? newestMs, later))
    }
    entries.reverse()
    this.#section.remove(entity)
    this.#entries -= count
    return { entries, settled, settledTo: kind === toLast ? (entries.at(-1) ?? null) : told }
  }

  /** When each of them had its last event. */
  newestTimes(): number[] {
    const times: number[] = []
    this.#section.sweep((content) => {
      times.push(this.#headOf(content).newestMs)
      return false
    })
    return times
  }

  /** Forgets those that had their last event before that time. */
  forget(beforeMs: number, onForgotten: (entity: string) => void): void {
    this.#section.sweep((content, keyOf) => {
      if (!this.#endsBefore(content, beforeMs)) return false
      onForgotten(keyOf())
      return true
    })
  }

  /** Whether a group had its last event before that time: then it is not counted any more. */
  #endsBefore(content: ByteReader, beforeMs: number): boolean {
    const { newestMs, entries } = this.#headOf(content)
    if (newestMs >= beforeMs) return false
    this.#entries -= entries
    return true
  }

  #headOf(content: ByteReader): Head {
    const newestMs = this.#times.read(content)
    const shape = content.count()
    const settledTo = Math.floor(shape / 2)
    return { newestMs, entries: Math.floor(settledTo / kinds), kind: settledTo % kinds, hasUnsettled: shape % 2 === 1 }
  }

  #writeEntry({ atMs, eventId, weight, inputs, facts, suppressed }: Entry, laterMs: number, later?: Entry): void {
    writer.integer(laterMs - atMs)
    writeText(writer, eventId)
    writer.count(inputs * flags + (suppressed ? isSuppressed : 0) + (weight === 1 ? 0 : isWeighted))
    if (weight !== 1) writer.count(weight)
    for (const [index, column] of this.#columns.entries()) {
      column.write(writer, facts[index] ?? null, later?.facts[index] ?? null)
    }
  }

  #readEntry(from: ByteReader, laterMs: number, later?: Entry): Entry {
    const atMs = laterMs - from.integer()
    const eventId = readText(from) as EventId
    const marks = from.count()
    return {
      atMs,
      eventId,
      weight: (marks & isWeighted) === 0 ? 1 : from.count(),
      inputs: Math.floor(marks / flags),
      facts: this.#columns.map((column, index) => column.read(from, later?.facts[index] ?? null)),
      suppressed: (marks & isSuppressed) !== 0,
      alertId: null,
    }
  }
}

function kindOf(settledTo: EntryKey | null, last: Entry | undefined): number {
  if (settledTo === null) return nowhere
  return last !== undefined && isSame(last, settledTo) ? toLast : toEvent
}

function writeKey({ atMs, eventId }: EntryKey): void {
  writer.integer(atMs)
  writeText(writer, eventId)
}

function readKey(from: ByteReader): EntryKey {
  const atMs = from.integer()
  return { atMs, eventId: readText(from) as EventId }
}
