import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Sample } from '../../../shared/model/system.ts'
import { bucket, emptySample } from './bucket.ts'
import { RateCounter } from './rates.ts'

const secondMs = 1_000
/** A gauge that takes longer is not known in this second. */
const patienceMs = 500
/** Kept in memory: an hour. The cache keeps a day. */
const keptSamples = 3_600
/** As many as a chart has pixels to draw. */
const maxPoints = 2_000

type Gauge = () => number | null | Promise<number | null>

export interface SamplerDeps {
  /** Live sessions; null while that cannot be known. */
  readonly activeSessions: Gauge
  /** Items that wait in both queues; null while that cannot be known. */
  readonly queueDepth: Gauge
  /** The last round trip to Redis; null while it does not answer. */
  readonly redisLatencyMs: Gauge
  /** Whether events can be stored now: while they cannot, no rate is measured. */
  readonly storing: () => boolean
  /** Where samples survive a restart; it may fail and cost no more than that. */
  readonly store: {
    putSample(sample: Sample): void
    /** Oldest first, both ends included. */
    samples(fromMs: number, toMs: number): Sample[]
  }
  /** Told of a gauge or a store that failed. */
  readonly onFailure: (error: unknown) => void
  /** Epoch milliseconds, and milliseconds of a clock that is never set back. */
  readonly now?: () => number
  readonly monotonicNow?: () => number
}

export interface Sampler {
  /** Counts events that were stored. */
  recordStored(events: readonly AuditEvent[]): void
  /** Measures now, whatever the second. */
  sample(): Promise<Sample>
  /** The newest sample; empty before the first. */
  latest(): Sample
  /** At most 2,000 points, oldest first; a gap begins with an empty one. */
  series(fromMs: number, toMs: number): Sample[]
  /** Measures once a second, at the beginning of each, until stop(). */
  start(): void
  stop(): void
}

/** Measures the live charts. */
export function createSampler(deps: SamplerDeps): Sampler {
  const { now = Date.now, monotonicNow = () => performance.now() } = deps
  const recent: Sample[] = []
  const counter = new RateCounter(monotonicNow())
  let timer: NodeJS.Timeout | undefined
  let stopped = true

  /** Gauges that were asked and have not answered. */
  const asked = new Set<Gauge>()

  const ask = async (gauge: Gauge): Promise<number | null> => {
    asked.add(gauge)
    try {
      return await gauge()
    } catch (error) {
      deps.onFailure(error)
      return null
    } finally {
      asked.delete(gauge)
    }
  }

  /** A store that is away may hold an answer back as long as it is: the other gauges are measured all the same. */
  const read = async (gauge: Gauge): Promise<number | null> => {
    if (asked.has(gauge)) return null
    let patience: NodeJS.Timeout | undefined
    const tooLate = new Promise<null>((resolve) => {
      patience = setTimeout(() => resolve(null), patienceMs)
    })
    const value = await Promise.race([ask(gauge), tooLate])
    clearTimeout(patience)
    return value
  }

  const sample = async (): Promise<Sample> => {
    const atMs = now()
    const rates = counter.take(monotonicNow())
    const [activeSessions, queueDepth, redisLatencyMs] = await Promise.all([
      read(deps.activeSessions),
      read(deps.queueDepth),
      read(deps.redisLatencyMs),
    ])
    const gauges = { activeSessions, queueDepth, redisLatencyMs }
    const measured = { ...emptySample(atMs), ...(deps.storing() ? rates : null), ...gauges }
    recent.push(measured)
    if (recent.length > keptSamples) recent.shift()
    try {
      deps.store.putSample(measured)
    } catch (error) {
      deps.onFailure(error)
    }
    return measured
  }

  const older = (fromMs: number, toMs: number): Sample[] => {
    try {
      return fromMs <= toMs ? deps.store.samples(fromMs, toMs) : []
    } catch (error) {
      deps.onFailure(error)
      return []
    }
  }

  const schedule = () => {
    timer = setTimeout(
      () => {
        void sample().finally(() => {
          if (!stopped) schedule()
        })
      },
      secondMs - (now() % secondMs),
    )
  }

  return {
    recordStored: (events) => counter.add(events, now()),
    sample,
    latest: () => recent.at(-1) ?? emptySample(now()),
    series: (fromMs, toMs) => {
      const oldestMs = recent[0]?.atMs ?? Number.POSITIVE_INFINITY
      const inMemory = recent.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
      return bucket([...older(fromMs, Math.min(toMs, oldestMs - 1)), ...inMemory], fromMs, toMs, maxPoints)
    },
    start: () => {
      if (!stopped) return
      stopped = false
      schedule()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
