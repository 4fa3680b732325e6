import { RecentMap } from './recent-map.ts'

export interface WindowState {
  allowed: boolean
  remaining: number
  /** Until the oldest request counts no more. */
  resetMs: number
}

/** Requests that are remembered in all, 8 bytes each; beyond it the subject unused for longest is forgotten. */
const maxRemembered = 100_000

/** The same sliding window in the memory of this process, for as long as Redis is away. */
export class MemoryWindows {
  readonly #limit: number
  readonly #windowMs: number
  readonly #subjects = new RecentMap<string, number[]>(Number.POSITIVE_INFINITY)
  #remembered = 0

  constructor(limit: number, windowMs: number) {
    this.#limit = limit
    this.#windowMs = windowMs
  }

  take(subject: string, nowMs = performance.now()): WindowState {
    const times = this.#subjects.get(subject) ?? []
    const before = times.length
    const gone = times.findIndex((timeMs) => timeMs > nowMs - this.#windowMs)
    times.splice(0, gone < 0 ? times.length : gone)
    const allowed = times.length < this.#limit
    if (allowed) times.push(nowMs)
    this.#subjects.set(subject, times)
    this.#remembered += times.length - before
    while (this.#remembered > maxRemembered && this.#subjects.size > 1) {
      this.#remembered -= this.#subjects.deleteOldest()?.length ?? 0
    }
    const resetMs = Math.ceil((times[0] ?? nowMs) + this.#windowMs - nowMs)
    return { allowed, remaining: this.#limit - times.length, resetMs }
  }
}
