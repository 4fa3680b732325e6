import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for a signal that may have come already: one between `reset` and `wait` is not missed. */
export class Wakeup {
  #woken = Promise.withResolvers<void>()

  wake(): void {
    this.#woken.resolve()
  }

  reset(): void {
    this.#woken = Promise.withResolvers<void>()
  }

  /** Resolves when woken, after `timeoutMs`, or when the signal aborts. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController()
    const timeout = sleep(timeoutMs, undefined, { signal: AbortSignal.any([signal, done.signal]) })
    await Promise.race([this.#woken.promise, timeout.catch(() => undefined)])
    done.abort()
  }
}
