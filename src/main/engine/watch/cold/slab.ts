/** Small enough to be cleared within a millisecond. */
const chunkBytes = 256 * 1024
/** So much of what is held may be waste before it is cleared. */
const wasteShare = 0.1
/** Addresses of 0 and 1 mean something else to an index. */
const firstOffset = 2

interface Chunk {
  readonly bytes: Buffer
  /** Where its records end. */
  end: number
  /** Bytes of the records that are in use. */
  used: number
}

/** A place in the slab: the chunk's bytes, and where in them. */
export interface Place {
  bytes: Buffer
  offset: number
}

/**
 * Records one after the other in large chunks outside the heap. A record is never changed in place: it is written anew at the
 * end. Chunks that hold waste are cleared by moving what is in use, so that memory goes back; records that were written
 * together mostly end together, and then there is little to move.
 */
export class Slab {
  readonly #chunks: (Chunk | undefined)[] = []
  readonly #free: number[] = []
  #last = -1
  #used = 0
  #held = 0

  /** Bytes that it takes. */
  get bytes(): number {
    return this.#held * chunkBytes
  }

  /** Number of the highest chunk, and one. */
  get chunks(): number {
    return this.#chunks.length
  }

  /** Takes a record of so many bytes in, of less than a chunk, to be written by the caller before anything else. */
  add(length: number): number {
    let chunk = this.#chunks[this.#last]
    if (chunk === undefined || chunk.end + length > chunkBytes) chunk = this.#newChunk()
    const address = this.#last * chunkBytes + chunk.end
    chunk.end += length
    chunk.used += length
    this.#used += length
    return address
  }

  /** A record is not in use any more. Its bytes stay as they are until its chunk is cleared. */
  remove(address: number, length: number): void {
    const number = Math.floor(address / chunkBytes)
    const chunk = this.#chunks[number]
    if (chunk === undefined) return
    chunk.used -= length
    this.#used -= length
    if (chunk.used === 0) this.#release(number)
  }

  /** @param place is set to where the record lies */
  at(address: number, place: Place): Place {
    const chunk = this.#chunks[Math.floor(address / chunkBytes)]
    if (chunk !== undefined) place.bytes = chunk.bytes
    place.offset = address % chunkBytes
    return place
  }

  /** From which address to which the records of a chunk lie, those that are not in use among them; null where there is none. */
  extent(number: number): { from: number; to: number } | null {
    const chunk = this.#chunks[number]
    if (chunk === undefined) return null
    return { from: number * chunkBytes + firstOffset, to: number * chunkBytes + chunk.end }
  }

  /** The chunk that should be cleared, by adding its records anew and removing them; null while there is little waste. */
  get wasteful(): number | null {
    // The last two are still being filled or cleared.
    if (this.#used > (this.#held - 2) * chunkBytes * (1 - wasteShare)) return null
    let emptiest: number | null = null
    let least = chunkBytes
    for (const [number, chunk] of this.#chunks.entries()) {
      if (chunk === undefined || number === this.#last || chunk.used >= least) continue
      emptiest = number
      least = chunk.used
    }
    return emptiest
  }

  #newChunk(): Chunk {
    const before = this.#chunks[this.#last]
    const closed = this.#last
    const chunk: Chunk = { bytes: Buffer.allocUnsafeSlow(chunkBytes), end: firstOffset, used: 0 }
    this.#last = this.#free.pop() ?? this.#chunks.length
    this.#chunks[this.#last] = chunk
    this.#held++
    if (before?.used === 0) this.#release(closed)
    return chunk
  }

  #release(number: number): void {
    // The last goes on being filled.
    if (number === this.#last) return
    this.#chunks[number] = undefined
    this.#free.push(number)
    this.#held--
  }
}
