const minuteMs = 60_000
const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))
const threeDigits = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, '0'))

/** Minutes met before. Not the last one alone: an event has several times, and its expiry is hours from the others. */
const prefixes = new Map<number, string>()
const maxPrefixes = 256

function prefixOf(time: Date, minute: number): string {
  const known = prefixes.get(minute)
  if (known !== undefined) return known
  const prefix = time.toISOString().slice(0, -'00.000Z'.length)
  if (prefixes.size >= maxPrefixes) prefixes.clear()
  prefixes.set(minute, prefix)
  return prefix
}

/**
 * What toISOString() gives, several times as fast where many times fall into few minutes, as those of a batch of events
 * do: with three or four times an event it shows in the drain's rate.
 * @throws RangeError for an invalid date
 */
export function isoTime(time: Date): string {
  const ms = time.getTime()
  const minute = Math.floor(ms / minuteMs)
  const rest = ms - minute * minuteMs
  return `${prefixOf(time, minute)}${twoDigits[Math.floor(rest / 1_000)]}.${threeDigits[rest % 1_000]}Z`
}
