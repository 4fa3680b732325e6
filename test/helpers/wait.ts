import { setTimeout as sleep } from 'node:timers/promises'

export interface WaitOptions {
  /** What is awaited, in words: "the alert of alice". It stands in the error. */
  what: string
  /** Default 10,000. */
  timeoutMs?: number
  /** Default 25. */
  intervalMs?: number
}

/**
 * Calls `probe` until it returns something truthy, and returns that. A probe that throws counts as not yet.
 * @throws Error that names `what`, and what the last call returned or threw, after `timeoutMs`
 */
export async function waitFor<T>(probe: () => T | Promise<T>, options: WaitOptions): Promise<NonNullable<T>> {
  const { what, timeoutMs = 10_000, intervalMs = 25 } = options
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let last: string
    let cause: unknown
    try {
      const value = await probe()
      if (value) return value
      last = `the last answer was ${JSON.stringify(value) ?? 'undefined'}`
    } catch (error) {
      cause = error
      last = `the last try failed with: ${String(error)}`
    }
    if (Date.now() >= deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}; ${last}`, { cause })
    await sleep(intervalMs)
  }
}
