/** Where the lines of a file lie, and of when they are: 24 bytes each, whatever they hold. */
export class LineIndex {
  #times = new Float64Array(1_024)
  #offsets = new Float64Array(1_024)
  #lengths = new Uint32Array(1_024)
  #lines = new Uint32Array(1_024)
  #size = 0
  #newestMs = Number.NEGATIVE_INFINITY
  #outOfOrder = 0

  add(atMs: number, place: { line: number; offset: number; length: number }): void {
    if (this.#size === this.#times.length) this.#grow()
    const index = this.#size++
    this.#times[index] = atMs
    this.#offsets[index] = place.offset
    this.#lengths[index] = place.length
    this.#lines[index] = place.line
    if (atMs < this.#newestMs) this.#outOfOrder++
    else this.#newestMs = atMs
  }

  get size(): number {
    return this.#size
  }

  /** Lines that came after one with a later time. */
  get outOfOrder(): number {
    return this.#outOfOrder
  }

  /** Indices by time, and in the order of the file where times are the same. */
  order(): Uint32Array {
    const order = Uint32Array.from({ length: this.#size }, (_, index) => index)
    if (this.#outOfOrder === 0) return order
    const times = this.#times
    return order.toSorted((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b)
  }

  place(index: number): { line: number; offset: number; length: number } {
    return {
      line: this.#lines[index] ?? 0,
      offset: this.#offsets[index] ?? 0,
      length: this.#lengths[index] ?? 0,
    }
  }

  #grow(): void {
    const larger = <Column extends Float64Array | Uint32Array>(column: Column, into: Column): Column => {
      into.set(column)
      return into
    }
    const length = this.#times.length * 2
    this.#times = larger(this.#times, new Float64Array(length))
    this.#offsets = larger(this.#offsets, new Float64Array(length))
    this.#lengths = larger(this.#lengths, new Uint32Array(length))
    this.#lines = larger(this.#lines, new Uint32Array(length))
  }
}
