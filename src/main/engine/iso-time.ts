const minuteMs = 60_000
const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))
const threeDigits = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, '0'))

let lastMinute = Number.NaN
let lastPrefix = ''

/**
 * What toISOString() gives. Events come in the order of their times, and for a time of the same minute as the one before
 * this takes a twentieth of the 0.8 us: with three or four times an event it shows in the drain's rate.
 */
export function isoTime(time: Date): string {
  const ms = time.getTime()
  const minute = Math.floor(ms / minuteMs)
  if (minute !== lastMinute) {
    lastPrefix = time.toISOString().slice(0, -'00.000Z'.length)
    lastMinute = minute
  }
  const rest = ms - minute * minuteMs
  return `${lastPrefix}${twoDigits[Math.floor(rest / 1_000)]}.${threeDigits[rest % 1_000]}Z`
}
