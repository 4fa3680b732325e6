import type { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

/** The content that one section has in a record: from where to where. */
export interface Part {
  section: number
  from: number
  to: number
}

/** Puts a record together: a key, and contents by section, each of these and all of them behind their length. */
export class RecordWriter {
  readonly #sections = new ByteWriter()
  readonly #record = new ByteWriter()

  clear(): this {
    this.#sections.clear()
    return this
  }

  part(section: number, bytes: Buffer, from: number, to: number): void {
    this.#sections.count(section)
    this.#sections.count(to - from)
    this.#sections.copy(bytes, from, to)
  }

  /** The record of a key and of the parts since `clear`. It holds until the next one. */
  finish(key: Buffer, from: number, to: number): Buffer {
    const record = this.#record.clear()
    record.count(to - from)
    record.copy(key, from, to)
    record.count(this.#sections.length)
    record.copy(this.#sections.bytes, 0, this.#sections.length)
    return record.bytes
  }
}

/**
 * The parts of the record that a reader is at.
 * @param base what is to be added to where it reads
 */
export function partsAt(from: ByteReader, base: number): Part[] {
  from.skip(from.count())
  const length = from.count()
  const end = from.at + length
  const parts: Part[] = []
  while (from.at < end) {
    const section = from.count()
    const bytes = from.count()
    parts.push({ section, from: base + from.at, to: base + from.at + bytes })
    from.skip(bytes)
  }
  return parts
}

/** How many bytes the record takes that a reader is at. */
export function lengthAt(from: ByteReader): number {
  const begin = from.at
  from.skip(from.count())
  from.skip(from.count())
  return from.at - begin
}
