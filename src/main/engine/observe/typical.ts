/** The last values of something that is measured every minute, and what is typical of them. */
export class Typical {
  readonly #values: number[] = []
  readonly #atLeast: number
  readonly #atMost: number

  /** @param atLeast so many values are needed before anything is typical; of more than `atMost` the last ones count */
  constructor({ atLeast, atMost }: { atLeast: number; atMost: number }) {
    this.#atLeast = atLeast
    this.#atMost = atMost
  }

  add(value: number): void {
    this.#values.push(value)
    if (this.#values.length > this.#atMost) this.#values.shift()
  }

  /** The lower median; null before there are enough values. */
  median(): number | null {
    if (this.#values.length < this.#atLeast) return null
    return this.#values.toSorted((a, b) => a - b)[(this.#values.length - 1) >> 1] ?? null
  }
}
