/** A stretch of time in epoch milliseconds, `fromMs` included, `untilMs` not. */
export interface Interval {
  readonly fromMs: number
  readonly untilMs: number
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Milliseconds of `90s`, `15m`, `24h`, `7d` or `2w`; null if it is none. */
export function parseSpan(text: string): number | null {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  return count !== undefined && unit !== undefined ? Number(count) * unitMs[unit as keyof typeof unitMs] : null
}

const dateAndTime =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?$/i

/**
 * The stretch that a date or time names: `2026-11-20` its whole day, `2026-11-20T10:30` that minute, `2026-11` the month;
 * `24h` and `now` are the millisecond so long ago. Without a zone it is UTC: an audit trail must not depend on where it
 * is read. Null if it is no time, or one that no calendar has.
 */
export function parseInterval(text: string, nowMs: number): Interval | null {
  const ageMs = text === 'now' ? 0 : parseSpan(text)
  if (ageMs !== null) return { fromMs: nowMs - ageMs, untilMs: nowMs - ageMs + 1 }
  const parts = dateAndTime.exec(text)
  return parts === null ? null : calendarInterval(parts)
}

function calendarInterval([
  ,
  year,
  month,
  day,
  hour,
  minute,
  second,
  fraction,
  zone,
]: RegExpExecArray): Interval | null {
  const millis = fraction === undefined ? '000' : fraction.slice(0, 3).padEnd(3, '0')
  const clock = `${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}.${millis}`
  const localMs = Date.parse(`${year}-${month}-${day ?? '01'}T${clock}Z`)
  // Date rolls the 30th of February over into March instead of refusing it.
  if (Number.isNaN(localMs) || new Date(localMs).toISOString().slice(8, 10) !== (day ?? '01')) return null
  const fromMs = localMs - zoneMs(zone ?? 'Z')
  if (day === undefined) {
    const next = new Date(localMs)
    return { fromMs, untilMs: next.setUTCMonth(next.getUTCMonth() + 1) }
  }
  const lengthMs = [fraction, second, minute, hour].findIndex((part) => part !== undefined)
  const widths = [1, unitMs.s, unitMs.m, unitMs.h] as const
  return { fromMs, untilMs: fromMs + (widths[lengthMs] ?? unitMs.d) }
}

/** How far a zone's clocks are ahead of UTC. */
function zoneMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? []
  const ahead = Number(hours ?? 0) * unitMs.h + Number(minutes ?? 0) * unitMs.m
  return sign === '-' ? -ahead : ahead
}
