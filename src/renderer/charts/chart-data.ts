import type { Sample } from '../../shared/model/system.ts'

export type SampleKey = Exclude<keyof Sample, 'atMs'>

export interface TimeWindow {
  readonly fromMs: number
  readonly toMs: number
}

/** Columns as uPlot takes them: x in seconds, then the values of each series; null breaks its line. */
export type ChartColumns = [x: number[], ...series: (number | null)[][]]

/** Samples come once a second: a wider step than this is a stretch that was not measured. */
export const sampleMs = 1_000
export const tolerated = 2.5

/** The history that was asked for and what came since, each moment once. Both are in order. */
export function joinSamples(history: readonly Sample[], live: readonly Sample[]): readonly Sample[] {
  const endMs = history.at(-1)?.atMs ?? -Infinity
  const at = live.findIndex(({ atMs }) => atMs > endMs)
  return at === -1 ? history : [...history, ...live.slice(at)]
}

/**
 * The samples of a window as columns of at most about `maxPoints` points: more are joined in buckets of one width (their
 * highest value: a peak must not vanish). A stretch without samples becomes a null, so that the line breaks there.
 */
export function toColumns(
  samples: readonly Sample[],
  keys: readonly SampleKey[],
  { fromMs, toMs }: TimeWindow,
  maxPoints: number,
): ChartColumns {
  const stepMs = Math.max(1, Math.ceil((toMs - fromMs) / sampleMs / maxPoints)) * sampleMs
  const xs: number[] = []
  const columns = keys.map((): (number | null)[] => [])
  let bucket = -1
  let lastMs = -Infinity
  for (const sample of samples) {
    if (sample.atMs < fromMs || sample.atMs > toMs) continue
    const here = Math.floor(sample.atMs / stepMs)
    if (stepMs > sampleMs && here === bucket) {
      raiseLast(columns, keys, sample)
    } else {
      if (sample.atMs - lastMs > stepMs * tolerated && xs.length > 0) {
        xs.push((lastMs + stepMs) / 1000)
        for (const column of columns) column.push(null)
      }
      xs.push(sample.atMs / 1000)
      keys.forEach((key, at) => columns[at]?.push(sample[key]))
    }
    bucket = here
    lastMs = sample.atMs
  }
  return [xs, ...columns]
}

function raiseLast(columns: readonly (number | null)[][], keys: readonly SampleKey[], sample: Sample): void {
  keys.forEach((key, at) => {
    const column = columns[at]
    const value = sample[key]
    if (column === undefined || value === null) return
    const last = column.length - 1
    column[last] = Math.max(column[last] ?? value, value)
  })
}

/** The last point of a column that was measured; null if none was. */
export function lastPoint(
  x: ArrayLike<number>,
  column: ArrayLike<number | null | undefined>,
): { x: number; y: number } | null {
  for (let at = column.length - 1; at >= 0; at--) {
    const y = column[at]
    const when = x[at]
    if (y !== null && y !== undefined && when !== undefined) return { x: when, y }
  }
  return null
}

/** Places labels of one height at or near their wishes, none over another, all within [0, room]. In the order given. */
export function spreadLabels(wishes: readonly number[], height: number, room: number): number[] {
  const order = wishes.map((wish, at) => ({ wish, at })).toSorted((a, b) => a.wish - b.wish)
  const places: number[] = []
  let floor = 0
  for (const { wish, at } of order) {
    const place = Math.max(floor, wish)
    places[at] = place
    floor = place + height
  }
  const over = Math.max(0, floor - room)
  return places.map((place) => Math.max(0, place - over))
}

/** The index that a key leads to from index `at` of `count` points; null for a key that means nothing there. */
export function cursorAfterKey(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null
  const now = at ?? count
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: now - 1,
    ArrowRight: now + 1,
    PageUp: now - 10,
    PageDown: now + 10,
    Home: 0,
    End: count - 1,
  }
  const to = steps[key]
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to))
}
