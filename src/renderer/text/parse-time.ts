import type { TimeZone } from './format.ts'

/** Milliseconds of "2026-07-28", "2026-07-28 14:00" or "2026-07-28 14:00:05" on the reader's clock; null if it is none. */
export function parseDateTime(text: string, zone: TimeZone): number | null {
  const match = /^\s*(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?\s*$/.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  const parts = [year, month - 1, day, hours, minutes, seconds] as const
  const at = zone === 'utc' ? new Date(Date.UTC(...parts)) : new Date(...parts)
  // A day that the month does not have (30 February) rolls over into the next.
  const isSameDay = zone === 'utc' ? at.getUTCDate() === day : at.getDate() === day
  return isSameDay ? at.getTime() : null
}
