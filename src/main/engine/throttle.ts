import { setTimeout as sleep } from 'node:timers/promises'

/** A screen is told at most this often. */
export const minIntervalMs = 100

/** Wakes whoever waits, at most once for any number of calls while nobody waits. */
export class Wake {
  #pending = false
  #resolve: (() => void) | null = null

  now(): void {
    this.#pending = true
    this.#resolve?.()
  }

  /** Resolves at the next (or a missed) wake, after `atMostMs`, or when the signal aborts. */
  async wait(atMostMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#pending && signal?.aborted !== true) {
      const done = new AbortController()
      const woken = new Promise<void>((resolve) => {
        this.#resolve = resolve
      })
      const limits = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal])
      // An abort is a way to wake up, too: the caller looks at the signal.
      await Promise.race([woken, sleep(atMostMs, undefined, { signal: limits }).catch(() => undefined)])
      done.abort()
      this.#resolve = null
    }
    this.#pending = false
  }
}

/**
 * Yields `read()` at once, then after each wake and at least every `atLeastEveryMs`, never more often than 10 times a
 * second: event streams have no back-pressure, so the rate is kept here. Ends when the signal aborts.
 */
export async function* throttled<T>(
  wake: Wake,
  read: () => T | Promise<T>,
  { atLeastEveryMs, signal }: { atLeastEveryMs: number; signal: AbortSignal | undefined },
): AsyncGenerator<T, void, void> {
  while (signal?.aborted !== true) {
    yield await read()
    await sleep(minIntervalMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
    await wake.wait(Math.max(0, atLeastEveryMs - minIntervalMs), signal)
  }
}
