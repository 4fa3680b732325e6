/**
 * The closed set of things that can go wrong, as callers see them. The engine throws these, every face (screen, command
 * line, HTTP) words them for its reader. `status` is what HTTP answers with.
 */
export const errorCodes = {
  INVALID_INPUT: { status: 400 },
  QUERY_SYNTAX: { status: 400 },
  CONFIG_INVALID: { status: 400 },
  REASON_REQUIRED: { status: 400 },
  CONFIRMATION_MISMATCH: { status: 409 },
  /** Another engine on the same store has the lead, and does what was asked. */
  NOT_LEADER: { status: 409 },
  PLAN_EXPIRED: { status: 410 },
  FORBIDDEN: { status: 403 },
  NOT_FOUND: { status: 404 },
  TOO_LARGE: { status: 413 },
  RATE_LIMITED: { status: 429 },
  REDIS_UNAVAILABLE: { status: 503 },
  POSTGRES_UNAVAILABLE: { status: 503 },
  CACHE_UNAVAILABLE: { status: 503 },
  SECRET_STORE_UNAVAILABLE: { status: 503 },
  /** The engine did not answer, or the connection to it was lost; a face's own client raises this. */
  ENGINE_UNAVAILABLE: { status: 503 },
  INTERNAL: { status: 500 },
} as const satisfies Record<string, { status: number }>

export type ErrorCode = keyof typeof errorCodes

/** JSON-safe facts beside the message: the key of the setting, the position in the query, the server's own code. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>

/** An error with a code of the closed set. `message` says what happened, where, and what to do. */
export class GatehouseError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GatehouseError'
    this.code = code
    this.details = details
  }
}

/** The message of anything that was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') return thrown.errors.map(messageOf).join('; ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}
