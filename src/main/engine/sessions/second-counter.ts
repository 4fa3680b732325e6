/** Counts by the second, so that a rate can be shown that is neither of the whole past nor of a moment. */
export class SecondCounter {
  #second = 0
  #count = 0
  #before = 0

  /** `nowMs` by a clock that is never set back. */
  add(count: number, nowMs: number): void {
    this.#turn(nowMs)
    this.#count += count
  }

  /** What was counted in the last second that is over. */
  lastSecond(nowMs: number): number {
    this.#turn(nowMs)
    return this.#before
  }

  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000)
    if (second === this.#second) return
    this.#before = second === this.#second + 1 ? this.#count : 0
    this.#count = 0
    this.#second = second
  }
}
