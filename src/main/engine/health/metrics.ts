import { Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client'
import { QueueName } from '../../../shared/model/queue.ts'
import { RevocationOutcome } from '../../../shared/model/revocation.ts'
import { Problem, type EngineCounters } from '../../../shared/model/system.ts'
import { packageVersion } from '../../resources.ts'
import type { LatencyWindow } from './latency-window.ts'
import { counterNames, gauges } from './metric-tables.ts'
import type { Readings } from './readings.ts'
import { WindowSummary } from './window-summary.ts'

/** Seconds: a minute, 5 minutes, a quarter of an hour, an hour, a day. */
const durationBuckets = [60, 300, 900, 3_600, 86_400]

export interface MetricSources {
  read: () => Readings
  redis: LatencyWindow
  postgresWrite: LatencyWindow
  pushToCommit: LatencyWindow
}

export interface Metrics {
  setBatchSize(items: number): void
  addApiCalls(count: number): void
  addLoginFailures(count: number): void
  addSessionEnd(durationMs: number): void
  addRevocation(outcome: RevocationOutcome): void
  /** All of it in Prometheus's text format 0.0.4. */
  text(): Promise<string>
}

/**
 * What Prometheus scrapes, in a registry of this engine alone. Labels have values of closed sets: nothing that comes from
 * the data ever makes a series.
 */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const add = (metric: Metric): void => registry.registerMetric(metric)
  // Read once a scrape, so that all of one scrape is from the same moment.
  let readings = sources.read()

  for (const [name, help, read] of gauges) {
    add(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read(readings) ?? Number.NaN)
        },
      }),
    )
  }
  for (const [key, [name, help]] of Object.entries(counterNames) as [
    keyof EngineCounters,
    readonly [string, string],
  ][]) {
    add(
      new Counter({
        name,
        help,
        registers: [],
        collect() {
          this.reset()
          this.inc(readings.counters[key])
        },
      }),
    )
  }
  for (const metric of labelled(() => readings)) add(metric)
  for (const [name, help, window] of [
    [
      'gatehouse_redis_latency_seconds',
      'Round trip of PING, once a second; quantiles of the last minute',
      sources.redis,
    ],
    [
      'gatehouse_postgres_write_seconds',
      'Transaction of a batch, COMMIT included; quantiles of the last minute',
      sources.postgresWrite,
    ],
    [
      'gatehouse_push_to_commit_seconds',
      'Age of the oldest event of a batch at its COMMIT, by the time that its producer gave it; quantiles of the last minute',
      sources.pushToCommit,
    ],
  ] as const) {
    add(new WindowSummary({ name, help, registers: [] }, window))
  }

  const apiCalls = new Counter({
    name: 'api_calls_total',
    help: 'Calls to the application that its sessions counted (api_call_count)',
    registers,
  })
  const batchSize = new Gauge({
    name: 'gatehouse_batch_size',
    help: 'Items of the batch that was stored last',
    registers,
  })
  const loginFailures = new Counter({
    name: 'login_failures_total',
    help: 'Events failed_login that this engine stored',
    registers,
  })
  const durations = new Histogram({
    name: 'session_duration_seconds',
    help: 'How long sessions lasted that this engine ended',
    buckets: durationBuckets,
    registers,
  })
  const revocations = new Counter({
    name: 'gatehouse_revocations_total',
    help: 'Sessions that were to be revoked, by what became of them',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of RevocationOutcome.options) revocations.inc({ outcome }, 0)

  return {
    setBatchSize: (items) => batchSize.set(items),
    addApiCalls: (count) => apiCalls.inc(count),
    addLoginFailures: (count) => loginFailures.inc(count),
    // Clocks differ: an end before its start lasted no time.
    addSessionEnd: (durationMs) => durations.observe(Math.max(0, durationMs) / 1_000),
    addRevocation: (outcome) => revocations.inc({ outcome }),
    text: () => {
      readings = sources.read()
      return registry.metrics()
    },
  }
}

/** Metrics with a label, each with all its values at all times. */
const labelled = (readings: () => Readings): Metric[] => [
  new Gauge({
    name: 'gatehouse_queue_depth',
    help: 'Items in each queue',
    labelNames: ['queue'],
    registers: [],
    collect() {
      for (const queue of QueueName.options) this.set({ queue }, readings().queues?.[queue] ?? Number.NaN)
    },
  }),
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the whole process',
    registers: [],
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1_000_000)
    },
  }),
  new Gauge({
    name: 'gatehouse_build_info',
    help: 'Always 1; the label names the version',
    labelNames: ['version'],
    registers: [],
    collect() {
      this.set({ version: packageVersion() }, 1)
    },
  }),
  new Gauge({
    name: 'gatehouse_connection_up',
    help: '1 while the store is connected, else 0',
    labelNames: ['store'],
    registers: [],
    collect() {
      for (const store of ['redis', 'postgres'] as const) {
        this.set({ store }, readings()[store] === 'connected' ? 1 : 0)
      }
    },
  }),
  new Counter({
    name: 'gatehouse_problems_total',
    help: 'Bad input and failures that stopped nothing, by where they were met',
    labelNames: ['area'],
    registers: [],
    collect() {
      this.reset()
      for (const area of Problem.shape.area.options) this.inc({ area }, 0)
      for (const { area, count } of readings().problems) this.inc({ area }, count)
    },
  }),
]
