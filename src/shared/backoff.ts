const firstDelayMs = 250
const longestDelayMs = 10_000

/**
 * How long to wait after failed attempt `attempt` (0: a connection that was fine is lost): 250 ms doubled each time up
 * to 10 s, of which the upper half is random, so that many who lost one server do not return to it at the same instant.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceilingMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(Math.max(attempt - 1, 0), 30))
  return Math.round(ceilingMs / 2 + (ceilingMs / 2) * random())
}
