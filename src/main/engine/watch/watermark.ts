/** What comes within so much time of the store may come in any order: batches of a backlog that several workers store. */
const unorderedMs = 10_000
/** Arrivals are told apart by so much of it. */
const stepMs = 1_000
/** What comes with times further back is no backlog but a clock that is wrong, and holds nothing up. */
export const longestBacklogMs = 86_400_000

/** From some time of the store on, and how far it holds the mark back. */
interface Step {
  fromMs: number
  markMs: number
}

/**
 * Up to where the stream has come, in event time. For events that come in order that is the newest one. But after an outage
 * a critical event, or a batch that another worker was quicker with, comes before hours of backlog: so what came within the
 * last seconds, by the store's time, holds the mark back to the oldest of it, and to where the mark was before. No part of a
 * backlog is late because of another part.
 */
export class Watermark {
  #newestMs = Number.NEGATIVE_INFINITY
  /** The last steps, oldest first. */
  #steps: Step[] = []

  /** Event time of the newest event; -Infinity before the first. */
  get newestMs(): number {
    return this.#newestMs
  }

  /** An event arrived at that time of the store; Infinity where all come in the order of their times, and hold nothing back. */
  see(atMs: number, storeMs: number): void {
    const isBacklog = atMs >= this.#newestMs - longestBacklogMs
    if (isBacklog && Number.isFinite(storeMs)) this.holdBack(Math.min(atMs, this.#before(atMs)), storeMs)
    this.#newestMs = Math.max(this.#newestMs, atMs)
  }

  /** From that time of the store on the mark is to be no further than this, for as long as events may come unordered. */
  holdBack(markMs: number, storeMs: number): void {
    const last = this.#steps.at(-1)
    if (last !== undefined && storeMs < last.fromMs + stepMs) last.markMs = Math.min(last.markMs, markMs)
    else this.#steps.push({ fromMs: storeMs, markMs })
  }

  /** Nothing is expected any more that lies before this, but what is late. */
  at(storeMs: number): number {
    this.#steps = this.#steps.filter(({ fromMs }) => storeMs < fromMs + stepMs + unorderedMs)
    return this.#steps.reduce((mark, { markMs }) => Math.min(mark, markMs), this.#newestMs)
  }

  /** How far the stream had come; before anything came, as far back as a backlog reaches. */
  #before(atMs: number): number {
    return Math.max(this.#newestMs, atMs - longestBacklogMs)
  }
}
