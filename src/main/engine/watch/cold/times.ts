import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Event times that lie close to each other: those within a day and a half of the first take four bytes. */
export class Times {
  #firstMs: number | null = null

  write(to: ByteWriter, atMs: number): void {
    this.#firstMs ??= atMs
    to.integer(atMs - this.#firstMs)
  }

  read(from: ByteReader): number {
    return from.integer() + (this.#firstMs ?? 0)
  }
}
