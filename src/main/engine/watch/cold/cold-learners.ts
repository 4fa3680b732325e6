import type { Learned } from '../learner.ts'
import type { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { ColdSection, ColdStore } from './cold-store.ts'
import { Times } from './times.ts'
import { ValueColumn } from './value-column.ts'

const writer = new ByteWriter()

/** What is known of learners that nothing came of lately, packed. */
export class ColdLearners {
  readonly #section: ColdSection
  readonly #times = new Times()
  readonly #values = new ValueColumn()

  /** @param forgetAfterMs event time without an event after which a learner is nobody */
  constructor(store: ColdStore, forgetAfterMs: number) {
    this.#section = store.open((content, clockMs) => this.#times.read(content) < clockMs - forgetAfterMs)
  }

  get size(): number {
    return this.#section.size
  }

  get bytes(): number {
    return this.#section.bytes
  }

  /** False where it is too much to be packed. */
  put(name: string, { sinceMs, untilMs, values }: Learned): boolean {
    writer.clear()
    this.#times.write(writer, untilMs)
    writer.integer(untilMs - sinceMs)
    writer.count(values.length)
    for (const value of values) this.#values.write(writer, value, null)
    return this.#section.set(name, writer.bytes)
  }

  /** Unpacks what is known of one, which is not here any more then. */
  take(name: string): Learned | null {
    const from = this.#section.get(name)
    if (from === null) return null
    const learned = this.#read(from)
    this.#section.remove(name)
    return learned
  }

  #read(from: ByteReader): Learned {
    const untilMs = this.#times.read(from)
    const sinceMs = untilMs - from.integer()
    const values = Array.from({ length: from.count() }, () => this.#values.read(from, null))
    return { sinceMs, untilMs, values }
  }
}
