import type { FieldValue } from './field.ts'
import type { TimePart } from './modifiers.ts'

const dayMs = 86_400_000
const isoTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

/** A part of a point in time in UTC, or null where the value (a text of ISO 8601) is none. Weeks are those of ISO 8601. */
export function timePartOf(value: FieldValue, part: TimePart): number | null {
  if (typeof value !== 'string' || !isoTime.test(value)) return null
  const time = new Date(value)
  if (Number.isNaN(time.getTime())) return null
  switch (part) {
    case 'minute':
      return time.getUTCMinutes()
    case 'hour':
      return time.getUTCHours()
    case 'day':
      return time.getUTCDate()
    case 'week':
      return weekOf(time)
    case 'month':
      return time.getUTCMonth() + 1
    case 'year':
      return time.getUTCFullYear()
  }
}

/** A week belongs to the year that its Thursday lies in. */
function weekOf(time: Date): number {
  const weekday = (time.getUTCDay() + 6) % 7
  const thursday = new Date(Math.floor(time.getTime() / dayMs) * dayMs + (3 - weekday) * dayMs)
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  return Math.floor((thursday.getTime() - newYear) / (7 * dayMs)) + 1
}
