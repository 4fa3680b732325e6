import type { AuditMetrics, Latencies, ServiceHealth } from '../../../shared/model/health.ts'
import type { EngineCounters } from '../../../shared/model/system.ts'
import type { Config } from '../config-schema.ts'
import type { SignalBus } from '../signals.ts'
import { judge, serviceHealth } from './judge.ts'
import { LastMinute } from './last-minute.ts'
import { LatencyWindow } from './latency-window.ts'
import { createMetrics } from './metrics.ts'
import { createPinger } from './pinger.ts'
import type { Readings } from './readings.ts'
import type { Vitals } from './vitals.ts'

const tickMs = 1_000
/** Reconciles that may be missing before the mirror counts as late, and the time that they may always take. */
const lateMirror = { intervals: 3, leastMs: 60_000 }

export interface HealthDeps {
  config: Config
  signals: SignalBus
  /** A round trip to Redis on the connection that commands use. */
  ping: () => Promise<unknown>
  read: () => Readings
  /** What is meant to run in this engine. */
  runs: () => { drain: boolean; mirror: boolean }
}

/** What the engine says of itself to other programs, and its latencies. */
export interface Health {
  start(): void
  stop(): void
  /** For Prometheus, in its text format 0.0.4. */
  metrics(): Promise<string>
  auditMetrics(): AuditMetrics
  services(): ServiceHealth
  latencies(): Latencies
  /** Round trip of the last PING; null if it was not answered. */
  redisLatencyMs(): number | null
}

export function createHealth({ config, signals, ping, read, runs }: HealthDeps): Health {
  const windows = {
    redis: new LatencyWindow(120),
    postgresWrite: new LatencyWindow(),
    pushToCommit: new LatencyWindow(),
  }
  let batchSize = 0
  let timer: NodeJS.Timeout | undefined
  const pinger = createPinger(ping, windows.redis)
  const metrics = createMetrics({ ...windows, read })
  /** Producers' own counts lie in Redis and are older than this engine: its first look says where they began. */
  let first: Pick<EngineCounters, 'overflowEvents' | 'droppedEvents'> | null = null
  const lastMinute = new LastMinute(() => {
    const { queues, counters } = read()
    if (queues !== null) first ??= counters
    return {
      stored: counters.storedEvents,
      duplicates: counters.duplicateEvents,
      failed: counters.failedItems,
      retried: counters.retriedBatches,
      overflowed: first === null ? 0 : counters.overflowEvents - first.overflowEvents,
      dropped: first === null ? 0 : counters.droppedEvents - first.droppedEvents,
      lost: counters.lostEntries,
      publishFailures: counters.publishFailures,
    }
  })

  signals.on('batchStored', ({ items, tookMs, lagMs }) => {
    batchSize = items
    metrics.setBatchSize(items)
    windows.postgresWrite.add(tookMs)
    if (lagMs !== null) windows.pushToCommit.add(lagMs)
  })
  signals.on('stored', (events) => {
    const failures = events.filter(({ type }) => type === 'failed_login').length
    if (failures > 0) metrics.addLoginFailures(failures)
  })
  signals.on('apiCalls', (count) => metrics.addApiCalls(count))
  signals.on('sessionsEnded', (ends) => {
    for (const { began, ended } of ends) metrics.addSessionEnd(ended.getTime() - began.getTime())
  })
  signals.on('revocationDone', (outcomes) => {
    for (const outcome of outcomes) metrics.addRevocation(outcome)
  })

  function vitals(readings: Readings): Vitals {
    const { redis, postgres, queues, waiting, syncLagMs, mirror } = readings
    const { drain, mirror: mirrors } = runs()
    const currentAt = mirrors ? mirror.currentAt : null
    return {
      redis,
      postgres,
      draining: drain,
      workers: config.queue.workers,
      waiting,
      queueLimit: config.queue.depthLimit,
      deadLetters: queues && queues.failed,
      lagMs: syncLagMs,
      lastMinute: lastMinute.growth(),
      redisP95Ms: windows.redis.quantiles()?.p95Ms ?? null,
      writeP95Ms: windows.postgresWrite.quantiles()?.p95Ms ?? null,
      mirrorAgeMs: currentAt && Date.now() - currentAt.getTime(),
      mirrorLateMs: Math.max(lateMirror.leastMs, lateMirror.intervals * config.mirror.intervalMs),
    }
  }

  return {
    start() {
      timer ??= setInterval(() => {
        lastMinute.note()
        pinger.sample()
      }, tickMs)
      pinger.sample()
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
    metrics: metrics.text,
    auditMetrics() {
      const readings = read()
      const { status, issues, recommendations } = judge(vitals(readings))
      const { stored, failed } = lastMinute.growth()
      const { waiting, counters } = readings
      return {
        health: { status, issues },
        metrics: {
          queue_length: waiting,
          current_batch_size: batchSize,
          inserts_last_minute: stored,
          failures_last_minute: failed,
          avg_batch_time_ms: windows.postgresWrite.meanMs(),
          total_dropped_events: counters.droppedEvents,
          total_overflow_events: counters.overflowEvents,
        },
        recommendations,
      }
    },
    services: () => serviceHealth(vitals(read())),
    latencies: () => ({
      redis: windows.redis.quantiles(),
      postgresWrite: windows.postgresWrite.quantiles(),
      pushToCommit: windows.pushToCommit.quantiles(),
    }),
    redisLatencyMs: pinger.lastMs,
  }
}
