import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { RevocationOutcome } from '../../../shared/model/revocation.ts'
import type { LatencyWindow } from './latency-window.ts'
import { readMetrics } from './read-metrics.ts'
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
  // Read once a scrape, so that all of one scrape is from the same moment.
  let readings = sources.read()

  for (const metric of readMetrics(() => readings)) registry.registerMetric(metric)
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
    registry.registerMetric(new WindowSummary({ name, help, registers: [] }, window))
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
