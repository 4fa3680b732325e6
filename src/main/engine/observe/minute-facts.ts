import { minuteKey, type Fact } from './fact.ts'
import { Typical } from './typical.ts'

/**
 * From where on something is worth a row. All lie below what the catalogue alerts on, so that the numbers that count are
 * those of the rule files.
 */
export const floors = {
  /** Of the median of the hour before. */
  ratio: 2,
  logins: 20,
  latencyMs: 5,
  waiting: 1_000,
  failures: 20,
} as const

/** What was measured of one minute that has ended; null where it is not known. */
export interface MinuteReadings {
  logins: number | null
  redisP95Ms: number | null
  waiting: number | null
  /** Since the engine started: counters, of which the growth counts. */
  failedItems: number
  retriedBatches: number
  /** As producers count in Redis, since they began. */
  droppedEvents: number | null
  /** Length of the list of what could not be stored, by any engine. */
  deadLetters: number | null
}

type Counters = Pick<MinuteReadings, 'failedItems' | 'retriedBatches' | 'droppedEvents' | 'deadLetters'>

const hour = 60
const round1 = (value: number): number => Math.round(value * 10) / 10

/** Compares each minute with the hour before it. Knows nothing of clocks and stores: it is given one minute after the other. */
export class MinuteFacts {
  /** A rule of logins needs half an hour to know what is usual; PING is asked often, and ten minutes say enough. */
  readonly #logins = new Typical({ atLeast: hour / 2, atMost: hour })
  readonly #latency = new Typical({ atLeast: 10, atMost: hour })
  #before: Counters | null = null

  /** Logins of minutes before the first that is judged, oldest first. */
  recall(logins: readonly number[]): void {
    for (const count of logins) this.#logins.add(count)
  }

  judge(minute: Date, readings: MinuteReadings): Fact[] {
    const facts = [
      ...this.#surges(readings),
      ...this.#latencies(readings),
      ...queues(readings),
      ...this.#growth(readings),
    ]
    const { failedItems, retriedBatches, droppedEvents, deadLetters } = readings
    this.#before = {
      failedItems,
      retriedBatches,
      droppedEvents: droppedEvents ?? this.#before?.droppedEvents ?? null,
      deadLetters: deadLetters ?? this.#before?.deadLetters ?? null,
    }
    return facts.map((fact) => ({ ...fact, at: minute, key: minuteKey(minute) }))
  }

  #surges({ logins }: MinuteReadings): Told[] {
    if (logins === null) return []
    const median = this.#logins.median()
    this.#logins.add(logins)
    if (median === null) return []
    // At night the median may be 0, and nothing is so many times as much.
    const ratio = round1(logins / Math.max(1, median))
    if (logins < floors.logins || ratio < floors.ratio) return []
    return [
      {
        kind: 'login_surge',
        description: `${logins} logins in a minute, ${ratio} times as many as in the hour before`,
        metadata: { logins, median, ratio },
      },
    ]
  }

  #latencies({ redisP95Ms }: MinuteReadings): Told[] {
    if (redisP95Ms === null) return []
    const median = this.#latency.median()
    this.#latency.add(redisP95Ms)
    if (median === null || median <= 0) return []
    const ratio = round1(redisP95Ms / median)
    if (redisP95Ms < floors.latencyMs || ratio < floors.ratio) return []
    return [
      {
        kind: 'latency_spike',
        description: `One PING of 20 took Redis ${round1(redisP95Ms)} ms or more, ${ratio} times as long as in the hour before`,
        metadata: { p95_ms: round1(redisP95Ms), median_ms: round1(median), ratio },
      },
    ]
  }

  #growth(now: MinuteReadings): Told[] {
    const before = this.#before
    if (before === null) return []
    const failed = Math.max(now.failedItems - before.failedItems, grown(now.deadLetters, before.deadLetters))
    const retried = grown(now.retriedBatches, before.retriedBatches)
    const perMinute = Math.max(0, failed) + retried
    const count = grown(now.droppedEvents, before.droppedEvents)
    const told: Told[] = []
    if (perMinute >= floors.failures) {
      told.push({
        kind: 'write_failures',
        description: `${failed} items could not be stored in a minute, and ${retried} batches were tried again`,
        metadata: { per_minute: perMinute, failed, retried },
      })
    }
    if (count > 0) {
      told.push({
        kind: 'events_dropped',
        description: `Producers dropped ${count} events in a minute`,
        metadata: { count },
      })
    }
    return told
  }
}

type Told = Omit<Fact, 'at' | 'key'>

function queues({ waiting }: MinuteReadings): Told[] {
  if (waiting === null || waiting < floors.waiting) return []
  return [{ kind: 'queue_backlog', description: `${waiting} items wait to be stored`, metadata: { waiting } }]
}

/** 0 where one is not known, and for a counter that went down: it lies in Redis, and began anew with it. */
const grown = (now: number | null, before: number | null): number =>
  now === null || before === null ? 0 : Math.max(0, now - before)
