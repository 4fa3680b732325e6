/** So long after a critical item another is expected. */
const expectedForMs = 1_000

/**
 * How the workers of one drain make room for critical events. A batch that is stored keeps a processor of PostgreSQL's busy
 * and leaves it megabytes of log to flush, and the COMMIT of a critical event waits for both: so while critical events keep
 * coming, batches are smaller, and one of them is stored at a time.
 */
export interface Turns {
  /** A critical item was claimed. */
  criticalCame(): void
  /** Whether another is expected. */
  isCriticalExpected(): boolean
  /** Does the work beside that of others, or after it where a critical item is expected. Fails as it does. */
  take<T>(work: () => Promise<T>): Promise<T>
}

export function createTurns(now: () => number = () => performance.now()): Turns {
  let cameAtMs = -Infinity
  /** All work that has begun, and what waits for it; never rejected. */
  let before: Promise<unknown> = Promise.resolve()
  const isCriticalExpected = () => now() - cameAtMs < expectedForMs

  return {
    criticalCame: () => void (cameAtMs = now()),
    isCriticalExpected,
    take(work) {
      const done = isCriticalExpected() ? before.then(work) : work()
      // Without the results: each would hold on to that of all work before it.
      before = Promise.allSettled([before, done]).then(() => undefined)
      return done
    },
  }
}
