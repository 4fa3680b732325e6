import type { LatencyWindow } from './latency-window.ts'

export interface Pinger {
  /** Asks once more, unless the last answer is still awaited. */
  sample(): void
  /** Milliseconds of the last round trip; null before the first, and while Redis does not answer. */
  lastMs(): number | null
}

/**
 * Measures round trips as this engine has them: what waits in its own event loop, and before it on the connection, counts
 * as well, because every command of the engine waits there too.
 */
export function createPinger(ping: () => Promise<unknown>, window: LatencyWindow): Pinger {
  let asking = false
  let lastMs: number | null = null

  async function ask(): Promise<void> {
    const startedMs = performance.now()
    try {
      await ping()
      lastMs = performance.now() - startedMs
      window.add(lastMs)
    } catch {
      // Redis is away: the state of its connection says so and why, and a time that was not measured is none.
      lastMs = null
    }
  }

  return {
    sample() {
      if (asking) return
      asking = true
      void ask().finally(() => (asking = false))
    },
    lastMs: () => lastMs,
  }
}
