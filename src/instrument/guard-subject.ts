import { GuardMemory } from './guard-memory.ts'
import { beginScript, failedScript, resetScript, withdrawScript } from './guard-scripts.ts'
import type { Reach } from './reach.ts'
import type { Script } from './script.ts'

export interface GuardLimits {
  /** Failures within `windowMs` that lock. */
  limit: number
  windowMs: number
  /** The first lock; each that follows takes twice as long, up to `maxLockMs`. */
  lockMs: number
  maxLockMs: number
  /** How long after its end a lock is remembered: one that follows later is a first one. */
  forgetMs: number
  /** The lock that is for good; null: none is. */
  banAfterLocks: number | null
}

export interface Admission {
  allowed: boolean
  /** Until an attempt may be made; Infinity: never. 0 where it is allowed. */
  retryAfterMs: number
  inMemory: boolean
}

export interface Failure {
  failures: number
  /** How long the lock takes that begins now; Infinity: for good. 0 where none begins. */
  lockMs: number
  /** Locks up to now, this one included. */
  locks: number
}

const forGood = (ms: number): number => (ms < 0 ? Number.POSITIVE_INFINITY : ms)

/** The failures of one kind of subject, accounts or addresses: in Redis, or in memory while Redis is away. */
export class GuardSubjects {
  readonly #reach: Reach
  readonly #limits: GuardLimits
  readonly #prefix: string
  readonly #memory: GuardMemory

  /** @param prefix of the keys */
  constructor(reach: Reach, limits: GuardLimits, prefix: string) {
    this.#reach = reach
    this.#limits = limits
    this.#prefix = prefix
    this.#memory = new GuardMemory(limits)
  }

  /** @param attempt a name unlike all others */
  async begin(subject: string, attempt: string): Promise<Admission> {
    const { limit, windowMs } = this.#limits
    const reply = await this.#run(beginScript, subject, [limit, windowMs, attempt])
    if (reply === null) return { ...this.#memory.begin(subject, attempt), inMemory: true }
    const [allowed, retryAfterMs = 0] = reply
    return { allowed: allowed === 1, retryAfterMs: forGood(retryAfterMs), inMemory: false }
  }

  async failed(subject: string, attempt: string): Promise<Failure> {
    const { limit, windowMs, lockMs, maxLockMs, forgetMs, banAfterLocks } = this.#limits
    const words = [limit, windowMs, attempt, lockMs, maxLockMs, forgetMs, banAfterLocks ?? 0]
    const reply = await this.#run(failedScript, subject, words)
    if (reply === null) return this.#memory.failed(subject, attempt)
    const [failures = 0, begunMs = 0, locks = 0] = reply
    const failure = { failures, lockMs: forGood(begunMs), locks }
    // Known here too, so that it holds when Redis goes away.
    if (failure.lockMs > 0) this.#memory.lock(subject, failure.lockMs, failure.locks)
    return failure
  }

  async withdraw(subject: string, attempt: string): Promise<void> {
    this.#memory.withdraw(subject, attempt)
    await this.#run(withdrawScript, subject, [attempt])
  }

  /** @returns false where Redis is away */
  async reset(subject: string): Promise<boolean> {
    this.#memory.reset(subject)
    return (await this.#run(resetScript, subject, [])) !== null
  }

  #run(script: Script, subject: string, words: readonly (string | number)[]): Promise<number[] | null> {
    const key = `${this.#prefix}:{${subject}}`
    return this.#reach.run(script, [`${key}:attempts`, `${key}:lock`], words.map(String))
  }
}
