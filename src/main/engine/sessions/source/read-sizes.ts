import type { KeyReading } from './read.ts'

/** Strings cost Redis a third of what a hash of ten fields does. */
const stringsForOther = 3
/** Copying so much takes Redis some 0.1 ms. */
const maxBytes = 128 * 1024

/** How many keys are read at once, so that no step of Redis takes long: fewer where the values are long. */
export class ReadSizes {
  readonly others: number
  #bytesOfString = 0

  /** @param readChunk hashes, or keys of which nothing is known, that are read at once */
  constructor(readChunk: number) {
    this.others = readChunk
  }

  get strings(): number {
    const most = Math.floor(maxBytes / Math.max(1, this.#bytesOfString))
    return Math.max(1, Math.min(stringsForOther * this.others, most))
  }

  /** Learns from what was read last. */
  learn(readings: readonly KeyReading[]): void {
    let [count, bytes] = [0, 0]
    for (const { value } of readings) {
      if (value.type !== 'string') continue
      count++
      bytes += value.bytes.length
    }
    if (count > 0) this.#bytesOfString = bytes / count
  }
}
