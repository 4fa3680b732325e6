/** Bytes that are put together one after the other, in a buffer that is used again and again. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What was written. The next thing that is written takes its place. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): this {
    this.#length = 0
    return this
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#length++] = value
  }

  /** A whole number from 0 to 2 ** 53 - 1: seven bits a byte, the lowest first. */
  count(value: number): void {
    let rest = value
    while (rest > 127) {
      this.byte((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  /** A whole number of at most 2 ** 52, of either sign: small ones take little. */
  integer(value: number): void {
    this.count(value < 0 ? -2 * value - 1 : 2 * value)
  }

  double(value: number): void {
    const at = this.#room(8)
    this.#bytes.writeDoubleLE(value, at)
  }

  latin1(text: string): void {
    const at = this.#room(text.length)
    for (let index = 0; index < text.length; index++) this.#bytes[at + index] = text.charCodeAt(index)
  }

  utf16(text: string): void {
    const at = this.#room(text.length * 2)
    this.#bytes.write(text, at, 'utf16le')
  }

  copy(bytes: Buffer, from: number, to: number): void {
    const at = this.#room(to - from)
    bytes.copy(this.#bytes, at, from, to)
  }

  /** Makes room for so many bytes, and says where. */
  #room(count: number): number {
    const at = this.#length
    if (at + count > this.#bytes.length) this.#grow(count)
    this.#length += count
    return at
  }

  #grow(count: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + count))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
