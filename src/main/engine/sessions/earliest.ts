/** The earliest of some times; null, which is "not known", before all others. */
export function earliest(times: readonly (Date | null)[]): Date | null {
  let first: Date | null = times[0] ?? null
  for (const time of times) {
    if (time === null) return null
    if (first === null || time < first) first = time
  }
  return first
}
