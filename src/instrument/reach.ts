import { GatehouseError, messageOf } from '../shared/errors.ts'
import type { Problems } from './problems.ts'
import { numbersOf, type ScriptRunner } from './redis-client.ts'
import type { Script } from './script.ts'
import { within } from './within.ts'

/** How long Redis is left alone when it did not answer in time, so that not every request waits for it in vain. */
const pauseMs = 1_000

/** Asks Redis on behalf of a request, which waits: for a bounded time, and not at all while Redis is away. */
export class Reach {
  readonly #runner: ScriptRunner
  readonly #timeoutMs: number
  readonly #problems: Problems
  #pausedUntilMs = 0

  constructor(runner: ScriptRunner, timeoutMs: number, problems: Problems) {
    this.#runner = runner
    this.#timeoutMs = timeoutMs
    this.#problems = problems
  }

  /** The numbers that a script replies, or null where the caller must do with what it has in memory. Never rejects. */
  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<number[] | null> {
    if (performance.now() < this.#pausedUntilMs) return null
    try {
      if (!this.#runner.ready()) throw new Error('it is not connected')
      return numbersOf(await within(this.#runner.run(script, keys, args), this.#timeoutMs))
    } catch (error) {
      if (error instanceof GatehouseError) this.#pausedUntilMs = performance.now() + pauseMs
      const message = `Redis does not serve, this process counts in its own memory alone: ${messageOf(error)}`
      this.#problems.report('REDIS_UNAVAILABLE', message, error)
      return null
    }
  }
}
