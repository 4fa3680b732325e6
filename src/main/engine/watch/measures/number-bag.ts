/** Numbers with how often there is each, from which any rank can be had: it depends on what is inside alone. */
export class NumberBag {
  /** In order, each once, and how often there is each. */
  readonly #numbers: number[] = []
  readonly #counts: number[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  add(number: number, count: number): void {
    const place = this.#placeOf(number)
    if (this.#numbers[place] === number) {
      this.#counts[place] = (this.#counts[place] ?? 0) + count
    } else {
      this.#numbers.splice(place, 0, number)
      this.#counts.splice(place, 0, count)
    }
    this.#size += count
  }

  /** Takes out what was added. */
  remove(number: number, count: number): void {
    const place = this.#placeOf(number)
    const left = (this.#counts[place] ?? 0) - count
    this.#size -= count
    if (left > 0) {
      this.#counts[place] = left
    } else {
      this.#numbers.splice(place, 1)
      this.#counts.splice(place, 1)
    }
  }

  /** The number that `rank` of them do not exceed, from 1; NaN where there are not as many. */
  atRank(rank: number): number {
    let left = rank
    for (const [index, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return this.#numbers[index] ?? NaN
    }
    return NaN
  }

  #placeOf(number: number): number {
    let low = 0
    let high = this.#numbers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}
