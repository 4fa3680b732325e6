import type { Admission, Failure, GuardLimits } from './guard-subject.ts'
import { RecentMap } from './recent-map.ts'

interface Known {
  /** When each attempt began, or failed, by its name, the oldest first. */
  attempts: Map<string, { atMs: number; failed: boolean }>
  locks: number
  untilMs: number
}

/** Subjects that are remembered; beyond it the one unused for longest is forgotten, its lock with it. */
const maxSubjects = 10_000

/** What the scripts of the guard do, in the memory of this process, for as long as Redis is away. */
export class GuardMemory {
  readonly #limits: GuardLimits
  readonly #subjects = new RecentMap<string, Known>(maxSubjects)

  constructor(limits: GuardLimits) {
    this.#limits = limits
  }

  begin(subject: string, attempt: string, nowMs = performance.now()): Omit<Admission, 'inMemory'> {
    const { limit, windowMs } = this.#limits
    const known = this.#of(subject, nowMs)
    if (known.untilMs > nowMs) return { allowed: false, retryAfterMs: known.untilMs - nowMs }
    const [oldest] = known.attempts.values()
    if (oldest !== undefined && known.attempts.size >= limit) {
      return { allowed: false, retryAfterMs: Math.max(1, oldest.atMs + windowMs - nowMs) }
    }
    known.attempts.set(attempt, { atMs: nowMs, failed: false })
    return { allowed: true, retryAfterMs: 0 }
  }

  failed(subject: string, attempt: string, nowMs = performance.now()): Failure {
    const { limit, lockMs, maxLockMs, banAfterLocks } = this.#limits
    const known = this.#of(subject, nowMs)
    known.attempts.delete(attempt)
    known.attempts.set(attempt, { atMs: nowMs, failed: true })
    const failures = [...known.attempts.values()].filter(({ failed }) => failed).length
    if (failures < limit) return { failures, lockMs: 0, locks: 0 }
    const locks = known.locks + 1
    const ban = banAfterLocks !== null && locks >= banAfterLocks
    const takesMs = ban ? Number.POSITIVE_INFINITY : Math.min(lockMs * 2 ** (locks - 1), maxLockMs)
    this.lock(subject, takesMs, locks, nowMs)
    return { failures, lockMs: takesMs, locks }
  }

  lock(subject: string, lockMs: number, locks: number, nowMs = performance.now()): void {
    this.#subjects.set(subject, { attempts: new Map(), locks, untilMs: nowMs + lockMs })
  }

  withdraw(subject: string, attempt: string): void {
    this.#subjects.get(subject)?.attempts.delete(attempt)
  }

  reset(subject: string): void {
    this.#subjects.delete(subject)
  }

  /** With the attempts that are still within the window, and the locks that are not forgotten. */
  #of(subject: string, nowMs: number): Known {
    const { windowMs, forgetMs } = this.#limits
    let known = this.#subjects.get(subject)
    if (known === undefined || (known.locks > 0 && known.untilMs + forgetMs <= nowMs)) {
      known = { attempts: known?.attempts ?? new Map(), locks: 0, untilMs: 0 }
      this.#subjects.set(subject, known)
    }
    for (const [attempt, { atMs }] of known.attempts) {
      if (atMs > nowMs - windowMs) break
      known.attempts.delete(attempt)
    }
    return known
  }
}
