import { messageOf } from '../../shared/errors.ts'
import type { Problem } from '../../shared/model/system.ts'
import { createSampler } from './analytics/sampler.ts'
import { createHealth } from './health/health.ts'
import { createLiveStatus } from './live-status.ts'
import type { Readings } from './observe/observer.ts'
import type { Parts } from './parts.ts'

export type Observation = ReturnType<typeof observe>

/** What is known of an engine at work: its live status, the samples of its charts, its health. */
export function observe(parts: Parts) {
  const { config, signals, problems, redis, database, cache, cacheKeeper, leadership, mirror, liveRows } = parts
  const { revocations, drain, inspection, publisher, watcher, notifications, duties } = parts
  const sampler = createSampler({
    activeSessions: async () => mirror.liveCount() ?? (await liveRows.count())?.live ?? null,
    queueDepth: () => live.queueDepth(),
    redisLatencyMs: () => health.redisLatencyMs(),
    storing: () => database.state().status === 'connected',
    store: { samples: cache.samples, putSample: cacheKeeper.putSample },
    onFailure: (error) => problems.report('cache', 'a sample of the charts was lost', messageOf(error)),
  })
  signals.on('stored', sampler.recordStored).on('storedElsewhere', sampler.recordStored)

  const live = createLiveStatus({
    signals,
    inspection,
    cacheStatus: () => ({ status: 'open', ...cacheKeeper.status() }),
    countOpenAlerts: async () => {
      if (database.state().status !== 'connected') return null
      const [row] = await database
        .query<{ count: number }>("SELECT count(*)::int AS count FROM alerts WHERE state = 'new'")
        .catch(() => [])
      return row?.count ?? null
    },
    onConnectionChange: (listener) => {
      redis.onState(listener)
      database.onState(listener)
      leadership.onState(listener)
    },
    parts: () => {
      const { running, lastReconcileAt, lastDurationMs, currentAt, tracking } = mirror.state()
      return {
        redis: redis.state(),
        postgres: database.state(),
        mirror: {
          running,
          lastReconcileAt,
          lastDurationMs,
          currentAt,
          tracking,
          liveSessions: mirror.liveCount() ?? liveRows.latest()?.live ?? null,
        },
        leadership: leadership.state(),
        statusSplit: mirror.statusSplit(Date.now()) ?? liveRows.latest()?.split ?? null,
        counters: counted(),
        latencies: health.latencies(),
        sample: sampler.latest(),
        problems: [...problemsNow(), ...problems.list()],
        readOnly: config.workspace.readOnly,
      }
    },
  })

  /** What met the queue's limit: at this engine's claims, and at the producers, whose own counts lie in Redis. */
  const pressure = (producers = live.looked().producers) => ({
    overflowEvents: drain.counters().overflowEvents + producers.overflowEvents,
    droppedEvents: producers.droppedEvents,
  })

  /** Of the moment: they are gone when their cause is. */
  function problemsNow(): Problem[] {
    const waiting = live.looked().depths?.queue ?? 0
    const over = waiting - config.queue.depthLimit
    if (over <= 0) return []
    const reason = 'items wait beyond queue.depthLimit: add workers or engines, or look at what produces them'
    return [{ area: 'queue', reason, count: over, lastAt: new Date(), examples: [config.redis.keys.queue] }]
  }

  /** What every part counted since this assembly started. */
  const counted = () => ({
    ...drain.counters(),
    ...pressure(),
    ...mirror.counters(),
    publishFailures: publisher.failures(),
    returnedSessions: revocations.guard.returnedSessions(),
    alerts: watcher.raised(),
    suppressedEvents: watcher.suppressed(),
    ...told(),
  })

  function told() {
    const { sent, retried, failed, dropped } = notifications.counters()
    return {
      sentNotifications: sent,
      retriedNotifications: retried,
      failedNotifications: failed,
      untoldAlerts: dropped,
    }
  }

  const health = createHealth({
    config,
    signals,
    ping: () => redis.client.ping(),
    runs: () => ({ drain: duties.drains, mirror: duties.mirrors && leadership.state().leads }),
    read: () => {
      const { depths, syncLagMs, openAlerts } = live.looked()
      return {
        redis: redis.state().status,
        postgres: database.state().status,
        activeSessions: sampler.latest().activeSessions,
        queues: depths,
        waiting: live.queueDepth(),
        syncLagMs,
        mirror: mirror.state(),
        leads: leadership.state().leads,
        counters: counted(),
        openAlerts,
        cache: cacheKeeper.status(),
        problems: problems.list(),
      }
    },
  })

  /** What the observer compares with the hour before (observe/). */
  function readings(): Readings {
    const { depths, producers } = live.looked()
    const { failedItems, retriedBatches } = drain.counters()
    return {
      redisConnected: redis.state().status === 'connected',
      liveSessions: mirror.liveCount(),
      mirroredAt: mirror.state().currentAt,
      redisP95Ms: health.latencies().redis?.p95Ms ?? null,
      waiting: live.queueDepth(),
      failedItems,
      retriedBatches,
      droppedEvents: depths && producers.droppedEvents,
      deadLetters: depths && depths.failed,
    }
  }

  return {
    live,
    sampler,
    health,
    pressure,
    readings,
    start() {
      live.start()
      health.start()
      sampler.start()
    },
    stop() {
      live.stop()
      health.stop()
      sampler.stop()
    },
  }
}
