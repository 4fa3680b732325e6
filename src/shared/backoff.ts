const firstDelayMs = 250
const longestDelayMs = 10_000

/**
 * How long to wait after failed attempt `attempt` (0: a connection that was fine is lost): 250 ms doubled each time up
 * to `longestMs`, of which the upper half is random, so that many who lost one server do not return to it at the
 * same instant.
 */
export function backoffMs(attempt: number, { longestMs = longestDelayMs, random = Math.random } = {}): number {
  const ceilingMs = Math.min(longestMs, firstDelayMs * 2 ** Math.min(Math.max(attempt - 1, 0), 30))
  return Math.round(ceilingMs / 2 + (ceilingMs / 2) * random())
}
