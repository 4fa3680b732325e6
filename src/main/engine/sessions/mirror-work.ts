import { messageOf } from '../../../shared/errors.ts'
import type { MirrorContext } from './context.ts'
import { followHints, review, type Followed } from './follow.ts'
import { reconcile, type ReconcileOptions, type ReconcileResult } from './reconcile.ts'
import type { Tracking } from './source/tracking.ts'

export interface WorkState {
  /** A reconcile is under way. */
  running: boolean
  lastReconcileAt: Date | null
  lastDurationMs: number | null
  /** The rows are what Redis held then, but for what waited or was under way. */
  currentAt: Date | null
  /** Why the last reconcile failed; null after one that succeeded. */
  failure: string | null
}

/** Since the engine started. */
export interface WorkCounters {
  reconciles: number
  /** Sessions that were mirrored for the first time. */
  mirroredSessions: number
  /** Rows written again because their session changed. */
  changedSessions: number
  endedSessions: number
}

const notYet = { lastReconcileAt: null, lastDurationMs: null, currentAt: null }

/** What writes rows, one after the other: each begins where the one before has committed. */
export class MirrorWork {
  readonly state: WorkState = { running: false, failure: null, ...notYet }
  readonly counters: WorkCounters = { reconciles: 0, mirroredSessions: 0, changedSessions: 0, endedSessions: 0 }
  readonly #context: MirrorContext
  readonly #tracking: Tracking
  #tail: Promise<unknown> = Promise.resolve()

  constructor(context: MirrorContext, tracking: Tracking) {
    this.#context = context
    this.#tracking = tracking
  }

  reconcile(options: ReconcileOptions = {}): Promise<ReconcileResult> {
    return this.#next(() => this.#reconcile(options))
  }

  follow(): Promise<void> {
    return this.#next(async () => {
      this.#count(await followHints(this.#context))
      this.state.currentAt = new Date()
    })
  }

  review(): Promise<{ expiryInMs: number }> {
    return this.#next(async () => {
      const { ended, expiryInMs } = await review(this.#context)
      this.counters.endedSessions += ended
      this.state.currentAt = new Date()
      return { expiryInMs }
    })
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#tail
  }

  /** Nothing is known of Redis any more. */
  forget(): void {
    Object.assign(this.state, notYet)
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work)
    // A failure is the caller's; what comes next runs all the same.
    this.#tail = run.catch(() => undefined)
    return run
  }

  async #reconcile(options: ReconcileOptions): Promise<ReconcileResult> {
    const { state, counters } = this
    state.running = true
    try {
      const result = await reconcile(this.#context, options)
      counters.reconciles++
      this.#count(result)
      await this.#reportMissed(result)
      this.#tracking.renew()
      const at = new Date()
      Object.assign(state, { lastReconcileAt: at, currentAt: at, lastDurationMs: result.tookMs, failure: null })
      return result
    } catch (error) {
      this.#context.hints.abandonReconcile()
      state.failure = messageOf(error)
      throw error
    } finally {
      state.running = false
    }
  }

  /** Where Redis names touched keys, a scan should come upon nothing but what was being named at that moment. */
  async #reportMissed({ found }: ReconcileResult): Promise<void> {
    const { hints, report } = this.#context
    // A connection that is lost here has lost hints too, which the tracking says by itself.
    const isCaughtUp = await this.#tracking.caughtUp().then(
      () => true,
      () => false,
    )
    const named = isCaughtUp ? found.filter((key) => this.#tracking.covers(key)) : []
    for (const key of hints.completeReconcile(named)) {
      report('a session changed without a hint from Redis: a reconcile found it', key)
    }
  }

  #count({ created, changed, ended }: Followed): void {
    this.counters.mirroredSessions += created
    this.counters.changedSessions += changed
    this.counters.endedSessions += ended
  }
}
