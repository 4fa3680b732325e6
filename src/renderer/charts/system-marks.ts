import type { Sample } from '../../shared/model/system.ts'
import { formatDuration } from '../text/format.ts'
import { sampleMs, tolerated } from './chart-data.ts'

/** What happened to the system itself, at a moment or for a while: it is marked on every chart. */
export interface SystemMark {
  readonly fromMs: number
  /** null: a moment, or it goes on. */
  readonly toMs: number | null
  readonly words: string
  /** What tells more; null where the charts themselves are all there is. */
  readonly href: string | null
}

/** What is shorter is the beat of measuring, or a connection that is opened. */
const leastMs = 5_000

/**
 * What a sample says was away. One without any value, and none after it for much longer than since the one before, is how the
 * engine tells that it did not measure; with both stores away, empty ones go on coming.
 */
function awayIn({ atMs, ...values }: Sample, beforeMs: number, nextMs: number): readonly Outage[] {
  const isEmpty = Object.values(values).every((value) => value === null)
  if (isEmpty && nextMs - atMs > Math.max(sampleMs, atMs - beforeMs) * tolerated) return ['engine']
  return [
    ...(values.redisLatencyMs === null ? (['redis'] as const) : []),
    ...(values.storedPerSecond === null ? (['postgres'] as const) : []),
  ]
}

type Outage = 'engine' | 'redis' | 'postgres'
const outages: readonly Outage[] = ['engine', 'redis', 'postgres']

function wordsFor(outage: Outage, lastedMs: number, isOver: boolean): string {
  const lasted = formatDuration(lastedMs)
  if (outage === 'engine') return `The engine did not run for ${lasted}`
  return `${outage === 'redis' ? 'Redis' : 'PostgreSQL'} ${isOver ? 'was' : 'has been'} away for ${lasted}`
}

/** Outages and restarts, as the samples tell them: from the first sample that lacks something to the next that has it. */
export function outagesIn(samples: readonly Sample[]): SystemMark[] {
  const since = new Map<Outage, number>()
  const marks: SystemMark[] = []
  const note = (outage: Outage, fromMs: number, toMs: number, isOver: boolean) => {
    if (toMs - fromMs < leastMs) return
    marks.push({ fromMs, toMs: isOver ? toMs : null, words: wordsFor(outage, toMs - fromMs, isOver), href: null })
  }
  for (const [at, sample] of samples.entries()) {
    const away = awayIn(sample, samples[at - 1]?.atMs ?? sample.atMs, samples[at + 1]?.atMs ?? sample.atMs)
    for (const outage of outages) {
      const fromMs = since.get(outage)
      if (away.includes(outage)) {
        if (fromMs === undefined) since.set(outage, sample.atMs)
      } else if (fromMs !== undefined) {
        note(outage, fromMs, sample.atMs, true)
        since.delete(outage)
      }
    }
  }
  const lastMs = samples.at(-1)?.atMs
  if (lastMs !== undefined) for (const [outage, fromMs] of since) note(outage, fromMs, lastMs, false)
  return marks
}

/** The marks of a window in the order of time, the latest `most` of them, and how many there are in all. */
export function marksWithin(
  marks: readonly SystemMark[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  most: number,
): { marks: SystemMark[]; total: number } {
  const within = marks
    .filter((mark) => mark.fromMs <= toMs && (mark.toMs ?? mark.fromMs) >= fromMs)
    .toSorted((a, b) => a.fromMs - b.fromMs)
  return { marks: within.slice(-most), total: within.length }
}
