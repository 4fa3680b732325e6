import { GatehouseError, type ErrorCode } from '../shared/errors.ts'

/**
 * Hears what the library could not do, as sentences with a code; `details.part` says which part of it speaks,
 * `details.times` how often it happened since that was last told. Without a listener Node prints a warning.
 */
export type OnProblem = (problem: GatehouseError) => void

const againAfterMs = 10_000

/** Tells problems, each kind at most once in ten seconds: a listener must survive an outage too. */
export class Problems {
  readonly #part: string
  readonly #listener: OnProblem
  readonly #told = new Map<ErrorCode, { untilMs: number; untold: number }>()

  constructor(part: string, listener: OnProblem = warn) {
    this.#part = part
    this.#listener = listener
  }

  report(code: ErrorCode, message: string, cause?: unknown): void {
    const nowMs = performance.now()
    const told = this.#told.get(code)
    if (told !== undefined && nowMs < told.untilMs) {
      told.untold++
      return
    }
    this.#told.set(code, { untilMs: nowMs + againAfterMs, untold: 0 })
    const details = { part: this.#part, times: 1 + (told?.untold ?? 0) }
    try {
      this.#listener(new GatehouseError(code, `${this.#part}: ${message}`, details, { cause }))
    } catch (error) {
      // The application's listener must not break the request that it hears of, and must not fail unheard.
      warn(new GatehouseError('INTERNAL', `${this.#part}: onProblem threw`, details, { cause: error }))
    }
  }
}

function warn(problem: GatehouseError): void {
  process.emitWarning(problem.message, { type: 'GatehouseWarning', code: problem.code })
}
