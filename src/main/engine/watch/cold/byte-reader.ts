const nothing = Buffer.alloc(0)

/** Reads what a `ByteWriter` has written, in the same order. One reader is used for many pieces. */
export class ByteReader {
  #bytes: Buffer = nothing
  #at = 0

  /** From now on it reads there. */
  over(bytes: Buffer, at: number): this {
    this.#bytes = bytes
    this.#at = at
    return this
  }

  /** Where it reads next. */
  get at(): number {
    return this.#at
  }

  skip(count: number): void {
    this.#at += count
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0
  }

  count(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      if (byte < 128) return value + byte * scale
      value += (byte - 128) * scale
      scale *= 128
    }
  }

  integer(): number {
    const folded = this.count()
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
  }

  double(): number {
    this.#at += 8
    return this.#bytes.readDoubleLE(this.#at - 8)
  }

  latin1(length: number): string {
    this.#at += length
    return this.#bytes.toString('latin1', this.#at - length, this.#at)
  }

  hex(bytes: number): string {
    this.#at += bytes
    return this.#bytes.toString('hex', this.#at - bytes, this.#at)
  }

  /** @param length in units of UTF-16 */
  utf16(length: number): string {
    this.#at += length * 2
    return this.#bytes.toString('utf16le', this.#at - length * 2, this.#at)
  }
}
