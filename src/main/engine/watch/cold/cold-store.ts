import { randomInt } from 'node:crypto'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { KeyIndex } from './key-index.ts'
import { lengthAt, partsAt, RecordWriter, type Part } from './record.ts'
import { Slab, type Place } from './slab.ts'
import { readText, writeText } from './text-code.ts'

/** What one owner keeps in a store, by text: bytes of its own. */
export interface ColdSection {
  readonly size: number
  /** Its share of what the store takes, as its contents are of all. */
  readonly bytes: number
  /** A reader of the content, or null where there is none. It holds until the store changes or is asked again. */
  get(key: string): ByteReader | null
  /** False where that is too much: then there is nothing. */
  set(key: string, content: Buffer): boolean
  remove(key: string): void
  /** Goes through all of its contents, and removes those of which that says so. */
  sweep(isOver: (content: ByteReader, keyOf: () => string) => boolean): void
}

/** Whether the time of a content has come at an event time. Then it is removed. */
export type IsOver = (content: ByteReader, clockMs: number) => boolean

interface Added {
  section: number
  content: Buffer
}

interface Tally {
  readonly isOver: IsOver
  size: number
  contentBytes: number
}

/** A few of them, and a key, fit into a chunk of the slab. */
const maxContentBytes = 4_096
const maxRecordBytes = 65_536

/** Addresses begin above what an index takes for something else; 0 is no record. */
const nowhere = 0

/**
 * Contents that are seldom looked at, outside the heap and without an object for any of them: what all sections have of one
 * key is one record of a slab. It costs some 15 bytes a key beside key and contents, and up to a sixth of waste.
 */
export class ColdStore {
  readonly #slab = new Slab()
  readonly #index = new KeyIndex((address) => this.#hashAt(address))
  readonly #tallies: Tally[] = []
  readonly #place: Place = { bytes: Buffer.alloc(0), offset: 0 }
  readonly #reader = new ByteReader()
  readonly #writer = new RecordWriter()
  readonly #moved = new ByteWriter()
  /** So that nobody from outside can choose keys with one hash. */
  readonly #seed = randomInt(2 ** 32)
  #sweptTo = 0
  #contentBytes = 0
  /** The key that was asked for last, as bytes, and where its record is. */
  readonly #key = new ByteWriter()
  #keyText: string | null = null
  #hash = 0
  #address = nowhere

  /** Bytes that it takes in all. */
  get bytes(): number {
    return this.#slab.bytes + this.#index.bytes
  }

  /** Chunks of which `sweep` goes through some. */
  get chunks(): number {
    return this.#slab.chunks
  }

  open(isOver: IsOver): ColdSection {
    const number = this.#tallies.length
    const tally: Tally = { isOver, size: 0, contentBytes: 0 }
    this.#tallies.push(tally)
    const bytesOf = ({ contentBytes }: Tally) => (this.bytes * contentBytes) / Math.max(1, this.#contentBytes)
    return {
      get size() {
        return tally.size
      },
      get bytes() {
        return bytesOf(tally)
      },
      get: (key) => this.#get(key, number),
      set: (key, content) => this.#set(key, number, content),
      remove: (key) => this.#set(key, number, null),
      sweep: (isGone) => {
        for (let chunk = 0; chunk < this.#slab.chunks; chunk++) {
          this.#sweepChunk(chunk, (section, content, keyOf) => section === number && isGone(content, keyOf))
        }
      },
    }
  }

  /** Removes what is over from so many chunks, going on where it stopped the last time. */
  sweep(chunks: number, clockMs: number): void {
    for (let count = 0; count < Math.min(chunks, this.#slab.chunks); count++) {
      if (this.#sweptTo >= this.#slab.chunks) this.#sweptTo = 0
      this.#sweepChunk(this.#sweptTo++, (section, content) => this.#tallies[section]?.isOver(content, clockMs) ?? false)
    }
  }

  #sweepChunk(chunk: number, isOver: (section: number, content: ByteReader, keyOf: () => string) => boolean): void {
    for (const address of this.#recordsOf(chunk)) {
      const parts = this.#partsAt(address)
      const left = parts.filter(({ section, from }) => !isOver(section, this.#readAt(from), () => this.#keyAt(address)))
      if (left.length < parts.length) this.#replace(address, this.#hashAt(address), parts, left, null)
    }
    this.#keyText = null
    this.#tidy()
  }

  #get(key: string, section: number): ByteReader | null {
    if (this.#tallies[section]?.size === 0) return null
    const address = this.#locate(key)
    const part = address === nowhere ? undefined : this.#partsAt(address).find((one) => one.section === section)
    return part === undefined ? null : this.#readAt(part.from)
  }

  #set(key: string, section: number, content: Buffer | null): boolean {
    const address = this.#locate(key)
    const parts = address === nowhere ? [] : this.#partsAt(address)
    const left = parts.filter((part) => part.section !== section)
    if (content === null && left.length === parts.length) return true
    const added = content === null || !this.#fits(content, left) ? null : { section, content }
    this.#address = this.#replace(address, this.#hash, parts, left, added)
    this.#tidy()
    return added !== null || content === null
  }

  #fits(content: Buffer, beside: readonly Part[]): boolean {
    if (content.length > maxContentBytes || this.#key.length > maxContentBytes) return false
    return beside.reduce((sum, { from, to }) => sum + to - from + 8, content.length) <= maxRecordBytes
  }

  /** Writes what is left of a record, and what is added, and says where; nowhere if that is nothing. */
  #replace(address: number, hash: number, parts: readonly Part[], left: readonly Part[], added: Added | null): number {
    const record = this.#compose(address, left, added)
    for (const part of parts) this.#count(part.section, -1, part.from - part.to)
    for (const part of left) this.#count(part.section, 1, part.to - part.from)
    if (added !== null) this.#count(added.section, 1, added.content.length)
    const after = record === null ? nowhere : this.#slab.add(record.length)
    if (record !== null) {
      const { bytes, offset } = this.#slab.at(after, this.#place)
      record.copy(bytes, offset)
    }
    if (address === nowhere) {
      if (after !== nowhere) this.#index.add(hash, after)
      return after
    }
    if (after === nowhere) this.#index.remove(hash, address)
    else this.#index.move(hash, address, after)
    this.#slab.remove(address, this.#lengthAt(address))
    return after
  }

  /** A record of what is left at an address, or of the key that was asked for last, and of what is added. */
  #compose(address: number, left: readonly Part[], added: Added | null): Buffer | null {
    if (left.length === 0 && added === null) return null
    const writer = this.#writer.clear()
    for (const { section, from, to } of left) {
      const { bytes, offset } = this.#slab.at(from, this.#place)
      writer.part(section, bytes, offset, offset + to - from)
    }
    if (added !== null) writer.part(added.section, added.content, 0, added.content.length)
    if (address === nowhere) return writer.finish(this.#key.bytes, 0, this.#key.length)
    const from = this.#readAt(address)
    const keyBytes = from.count()
    return writer.finish(this.#place.bytes, from.at, from.at + keyBytes)
  }

  #count(section: number, size: number, bytes: number): void {
    const tally = this.#tallies[section]
    if (tally === undefined) return
    tally.size += size
    tally.contentBytes += bytes
    this.#contentBytes += bytes
  }

  /** Moves what is in use out of a chunk that holds much waste. */
  #tidy(): void {
    const chunk = this.#slab.wasteful
    if (chunk === null) return
    for (const before of this.#recordsOf(chunk)) {
      const hash = this.#hashAt(before)
      const length = this.#lengthAt(before)
      const { bytes, offset } = this.#slab.at(before, this.#place)
      this.#moved.clear().copy(bytes, offset, offset + length)
      const after = this.#slab.add(length)
      const place = this.#slab.at(after, this.#place)
      this.#moved.bytes.copy(place.bytes, place.offset)
      this.#index.move(hash, before, after)
      this.#slab.remove(before, length)
    }
    this.#keyText = null
  }

  /** Where the record of a key is. Rules that group by the same field ask for the same key one after the other. */
  #locate(key: string): number {
    if (key === this.#keyText) return this.#address
    writeText(this.#key.clear(), key)
    const { bytes } = this.#key
    this.#hash = hashOf(bytes, 0, bytes.length, this.#seed)
    this.#keyText = key
    this.#address = this.#index.find(this.#hash, this.#isKeyAt)
    return this.#address
  }

  readonly #isKeyAt = (address: number): boolean => {
    const { bytes, offset } = this.#slab.at(address, this.#place)
    const { bytes: key, length } = this.#key
    const from = this.#reader.over(bytes, offset)
    if (from.count() !== length) return false
    for (let at = 0; at < length; at++) if (bytes[from.at + at] !== key[at]) return false
    return true
  }

  #hashAt(address: number): number {
    const from = this.#readAt(address)
    const length = from.count()
    return hashOf(this.#place.bytes, from.at, from.at + length, this.#seed)
  }

  #keyAt(address: number): string {
    const from = this.#readAt(address)
    from.count()
    return readText(from)
  }

  #readAt(address: number): ByteReader {
    const { bytes, offset } = this.#slab.at(address, this.#place)
    return this.#reader.over(bytes, offset)
  }

  /** The sections of a record, by the addresses of their contents. */
  #partsAt(address: number): Part[] {
    const from = this.#readAt(address)
    return partsAt(from, address - this.#place.offset)
  }

  /** The addresses of the records of a chunk that are in use. */
  #recordsOf(chunk: number): number[] {
    const extent = this.#slab.extent(chunk)
    const records: number[] = []
    for (let at = extent?.from ?? 0; at < (extent?.to ?? 0);) {
      if (this.#index.has(this.#hashAt(at), at)) records.push(at)
      at += this.#lengthAt(at)
    }
    return records
  }

  #lengthAt(address: number): number {
    return lengthAt(this.#readAt(address))
  }
}

/** FNV-1a, with its bits mixed at the end. */
function hashOf(bytes: Buffer, from: number, to: number, seed: number): number {
  let hash = seed
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
