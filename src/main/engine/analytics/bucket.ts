import type { Sample } from '../../../shared/model/system.ts'

type Measure = Exclude<keyof Sample, 'atMs'>
const measures: readonly Measure[] = [
  'activeSessions',
  'loginsPerSecond',
  'failuresPerSecond',
  'queueDepth',
  'storedPerSecond',
  'redisLatencyMs',
]

/** A second in which nothing was measured. */
export const emptySample = (atMs: number): Sample => ({
  atMs,
  activeSessions: null,
  loginsPerSecond: null,
  failuresPerSecond: null,
  queueDepth: null,
  storedPerSecond: null,
  redisLatencyMs: null,
})

/**
 * At most `maxPoints` points for the samples between two times: whole seconds or, over longer stretches, means of equal
 * stretches of seconds, each at its start. Where there are none an empty point stands at the beginning of the gap, so
 * that no line is drawn across it.
 * @param samples oldest first
 */
export function bucket(samples: readonly Sample[], fromMs: number, toMs: number, maxPoints: number): Sample[] {
  // One less, because a stretch of time that begins inside a bucket touches one more.
  const widthMs = Math.max(1, Math.ceil((toMs - fromMs) / 1_000 / (maxPoints - 1))) * 1_000
  const buckets = Map.groupBy(samples, (sample) => Math.floor(sample.atMs / widthMs))
  const points: Sample[] = []
  let expected: number | null = null
  for (const [index, members] of buckets) {
    if (expected !== null && index > expected) points.push(emptySample(expected * widthMs))
    points.push(mean(index * widthMs, members))
    expected = index + 1
  }
  return points
}

function mean(atMs: number, members: readonly Sample[]): Sample {
  const point = emptySample(atMs)
  for (const measure of measures) {
    const values = members.map((sample) => sample[measure]).filter((value) => value !== null)
    if (values.length > 0) point[measure] = values.reduce((sum, value) => sum + value, 0) / values.length
  }
  return point
}
