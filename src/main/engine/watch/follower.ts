import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Feed } from '../postgres/feed.ts'
import type { FeedPosition } from '../postgres/read-feed.ts'
import type { Problems } from '../problems.ts'
import type { SignalBus } from '../signals.ts'
import type { AlertChange } from './alert-change.ts'
import { closeOrphans, writeAlerts } from './alert-store.ts'
import { createEngineOfRules, type EngineOfRules } from './engine-of-rules.ts'
import { restore } from './restore.ts'
import type { Rule } from './rule.ts'
import type { RuleEnvironment } from './rules/environment.ts'
import { storedPast, storeTimeMs } from './stored-past.ts'
import type { Suppressor } from './suppressor.ts'
import { Wakeup } from './wakeup.ts'

const batchSize = 2_000
/** Without a signal, for what other engines stored. */
const pollMs = 1_000
/**
 * Between two looks, each of which takes PostgreSQL six journeys and a COMMIT, whatever it finds. An alert waits half of this
 * on average; measured at 5,000 events a second, a pause of 100 ms spared no time of the processor.
 */
const pauseMs = 25

export interface FollowerDeps {
  database: Database
  config: Config
  signals: SignalBus
  problems: Problems
  rules: readonly Rule[]
  environment: RuleEnvironment
  feed: Feed
  suppressor: Suppressor
  onRaised: (count: number) => void
}

/**
 * Follows the stored events with an engine of rules. What the rules say and the place in the feed are committed together,
 * so each event is judged once, whatever fails. After any failure it must be thrown away: the engine may be ahead.
 */
export class Follower {
  readonly #deps: FollowerDeps
  readonly #engine: EngineOfRules
  /** Up to where the engine was brought: nobody else moves the place while this one follows. */
  #place: FeedPosition | null = null
  #suppressedBefore = 0

  constructor(deps: FollowerDeps) {
    const { rules, environment, config, problems, suppressor } = deps
    this.#deps = deps
    this.#engine = createEngineOfRules(rules, {
      latenessMs: config.watch.latenessMs,
      report: (reason, key) => problems.report('watch', reason, key),
      suppressed: suppressor.test,
      versions: (name) => environment.version(name),
    })
  }

  /** Brings the engine to where the last one stood. */
  async restore(): Promise<void> {
    const { database, rules, feed } = this.#deps
    await this.#deps.suppressor.refresh()
    this.#place = await feed.position()
    if (this.#place === null) return
    const past = storedPast(database, this.#place, this.#deps.config.watch.latenessMs)
    const missing = await restore(this.#engine, rules, past, await storeTimeMs(database))
    await this.#commit(missing, null, { closeOrphans: true })
    this.#suppressedBefore = this.#engine.suppressed
  }

  /** Events that a rule left out since it was brought there, each once a rule. */
  get suppressed(): number {
    return this.#engine.suppressed - this.#suppressedBefore
  }

  async follow(signal: AbortSignal): Promise<void> {
    const { database, signals, feed, suppressor } = this.#deps
    const wakeup = new Wakeup()
    const wake = () => wakeup.wake()
    signals.on('stored', wake)
    try {
      while (!signal.aborted) {
        wakeup.reset()
        const [nowMs, { events, position, done }] = await Promise.all([
          storeTimeMs(database),
          feed.read({ limit: batchSize, from: this.#place }),
        ])
        if (!done) {
          // After what is to be judged was read: a suppression that it may fall under is known by then.
          await suppressor.refresh()
          await this.#commit(this.#engine.push(events, nowMs), position)
          if (events.length < batchSize) await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
          continue
        }
        // There is nothing more for now: episodes end by the store's clock as well.
        await this.#commit(this.#engine.advance(nowMs), null)
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
        await wakeup.wait(pollMs, signal)
      }
    } finally {
      signals.off('stored', wake)
    }
  }

  async #commit(
    changes: readonly AlertChange[],
    position: FeedPosition | null,
    options: { closeOrphans?: boolean } = {},
  ): Promise<void> {
    if (changes.length === 0 && position === null && options.closeOrphans !== true) return
    const { database, feed, signals, onRaised } = this.#deps
    const { alerts, raised } = await database.transaction(async (tx) => {
      if (position !== null) await feed.commit(position, tx)
      const written = await writeAlerts(tx, changes)
      if (options.closeOrphans === true) await closeOrphans(tx, this.#engine.openAlerts)
      return written
    })
    this.#place = position ?? this.#place
    onRaised(raised)
    for (const alert of alerts) signals.emit('alert', alert)
  }
}
