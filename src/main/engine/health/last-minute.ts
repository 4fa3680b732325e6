const windowMs = 60_000

/** How much counters grew in the last minute, to the second that they are noted in. */
export class LastMinute<Counts extends Readonly<Record<string, number>>> {
  readonly #read: () => Counts
  /** Oldest first; the first one is from the minute's beginning. */
  #noted: { atMs: number; counts: Counts }[] = []

  constructor(read: () => Counts, nowMs = performance.now()) {
    this.#read = read
    this.note(nowMs)
  }

  /** To be called once a second. `nowMs` by a clock that is never set back. */
  note(nowMs = performance.now()): void {
    this.#noted.push({ atMs: nowMs, counts: this.#read() })
    const first = this.#noted.findIndex(({ atMs }) => atMs >= nowMs - windowMs)
    this.#noted = this.#noted.slice(first)
  }

  /** 0 for a counter that went down: it lies in Redis, and began anew with it. */
  growth(): Record<keyof Counts, number> {
    const now = this.#read()
    const before = this.#noted[0]?.counts
    const names = Object.keys(now) as (keyof Counts)[]
    const growthOf = (name: keyof Counts): number => Math.max(0, (now[name] ?? 0) - (before?.[name] ?? 0))
    return Object.fromEntries(names.map((name) => [name, growthOf(name)])) as Record<keyof Counts, number>
  }
}
