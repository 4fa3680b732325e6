import type { Arrival } from './chain.ts'

/**
 * Arrivals of one rule that mean nothing unless something else comes before them: the use of a session that nobody has
 * revoked, a login that no failure precedes. They are most of what some rules take, so none of them gets a group; they
 * only wait for as long as something may still come late and precede them.
 */
export class Waiting {
  /** Null where one was taken. */
  #arrivals: (Arrival | null)[] = []
  /** Places in the list, by entity; made when it is asked for, up to `#indexed`. */
  readonly #places = new Map<string, number[]>()
  #indexed = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  add(arrival: Arrival): void {
    this.#arrivals.push(arrival)
    this.#size++
  }

  /** Those of an entity, which wait no more, in the order in which they came. */
  take(entity: string): Arrival[] {
    this.#index()
    const places = this.#places.get(entity)
    if (places === undefined) return []
    this.#places.delete(entity)
    const taken: Arrival[] = []
    for (const place of places) {
      const arrival = this.#arrivals[place]
      if (arrival) taken.push(arrival)
      this.#arrivals[place] = null
    }
    this.#size -= taken.length
    return taken
  }

  /** Lets go of those before a time that nothing can precede any more. */
  forget(beforeMs: number): void {
    this.#arrivals = this.#arrivals.filter((arrival) => arrival !== null && arrival.entry.atMs >= beforeMs)
    this.#size = this.#arrivals.length
    this.#places.clear()
    this.#indexed = 0
  }

  #index(): void {
    for (; this.#indexed < this.#arrivals.length; this.#indexed++) {
      const entity = this.#arrivals[this.#indexed]?.entity
      if (entity === undefined) continue
      const places = this.#places.get(entity)
      if (places === undefined) this.#places.set(entity, [this.#indexed])
      else places.push(this.#indexed)
    }
  }
}
