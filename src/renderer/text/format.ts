export type TimeZone = 'local' | 'utc'

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })

/** 12,345.6: thousands apart, at most one decimal. */
export const formatNumber = (value: number) => grouped.format(value)

/** 12.3K from ten thousand up, else as formatNumber. */
export const formatShort = (value: number) => (Math.abs(value) >= 10_000 ? short.format(value) : grouped.format(value))

/** A number per second: two digits that count, none beyond. */
export const formatRate = (value: number) =>
  value < 10 ? String(Math.round(value * 10) / 10) : formatShort(Math.round(value))

/** "1 session", "2,000 sessions". */
export const formatCount = (count: number, one: string, many = `${one}s`) =>
  `${formatNumber(count)} ${count === 1 ? one : many}`

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export function formatBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${grouped.format(bytes / 1024 ** power)} ${byteUnits[power] ?? 'B'}`
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** "120 ms", "4 s", "3 min", "2 h 5 min", "3 d 4 h": the two largest units that say something. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs)
  if (ms < second) return `${Math.round(ms)} ms`
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return pair(ms, minute, 'min', second, 's', 10)
  if (ms < day) return pair(ms, hour, 'h', minute, 'min', Infinity)
  return pair(ms, day, 'd', hour, 'h', Infinity)
}

/** "0.35 ms", "12 ms", "1.2 s": two digits that count, for what should take far less than a second. */
export function formatLatency(ms: number): string {
  if (ms >= second) return `${Math.round(ms / 100) / 10} s`
  return `${ms < 1 ? Math.round(ms * 100) / 100 : ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
}

/** The small unit is left out where it is nothing, and from `exactBelow` large ones on. */
function pair(ms: number, large: number, largeName: string, small: number, smallName: string, exactBelow: number) {
  const whole = Math.floor(ms / large)
  const rest = Math.floor((ms % large) / small)
  return rest === 0 || whole >= exactBelow ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`
}

/** "now" under two seconds, else "4 min ago"; a time ahead reads "in 4 min". No seconds from a minute on: lists would flicker. */
export function formatAge(at: Date, nowMs: number): string {
  const ageMs = nowMs - at.getTime()
  const distanceMs = Math.abs(ageMs)
  if (distanceMs < 2 * second) return 'now'
  const words = formatDuration(distanceMs < minute ? distanceMs : distanceMs - (distanceMs % minute))
  return ageMs > 0 ? `${words} ago` : `in ${words}`
}

const pad = (value: number, digits = 2) => String(value).padStart(digits, '0')

/** Clock parts of a moment in the zone that the reader chose. */
function parts(at: Date, zone: TimeZone) {
  return zone === 'utc'
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()]
}

/** 14:03:27 */
export function formatClock(at: Date, zone: TimeZone): string {
  const [, , , hours = 0, minutes = 0, seconds = 0] = parts(at, zone)
  return `${pad(hours)}:${pad(minutes)}:${pad(seconds)}`
}

/** 2026-07-28 14:03:27 */
export function formatDateTime(at: Date, zone: TimeZone): string {
  const [year = 0, month = 0, date = 0] = parts(at, zone)
  return `${pad(year, 4)}-${pad(month + 1)}-${pad(date)} ${formatClock(at, zone)}`
}

/** The time alone for today, with the date for any other day. */
export function formatMoment(at: Date, zone: TimeZone, nowMs: number): string {
  const full = formatDateTime(at, zone)
  const today = formatDateTime(new Date(nowMs), zone).slice(0, 10)
  return full.startsWith(today) ? full.slice(11) : full
}

/** A long id cut in the middle: both ends are what people compare. */
export const shortId = (id: string, ends = 6) =>
  id.length <= ends * 2 + 3 ? id : `${id.slice(0, ends)}…${id.slice(-ends)}`
