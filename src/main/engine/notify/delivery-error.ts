interface Facts {
  isFinal?: boolean
  retryAfterMs?: number | null
  cause?: unknown
}

/** Why a message was not delivered, in words that say what to do. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  /** The receiver will never take it: it is not tried again. */
  readonly isFinal: boolean
  /** When the receiver asks to be tried again; null where it does not say. */
  readonly retryAfterMs: number | null

  constructor(message: string, { isFinal = false, retryAfterMs = null, cause }: Facts = {}) {
    super(message, { cause })
    this.isFinal = isFinal
    this.retryAfterMs = retryAfterMs
  }
}
