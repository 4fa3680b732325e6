import { once } from 'node:events'
import type { Logger } from 'pino'
import { messageOf } from '../../shared/errors.ts'
import type { SessionId } from '../../shared/model/ids.ts'
import { packageVersion } from '../resources.ts'
import type { Config } from './config-schema.ts'
import { observe } from './observation.ts'
import { createObserver } from './observe/observer.ts'
import { createParts } from './parts.ts'
import type { Services } from './services.ts'
import { tailEvents } from './tail.ts'
import { testConnection } from './test-connection.ts'

export interface SyncSummary {
  /** null: `leader` mirrors, so that there was nothing to do. */
  mirror: { scanned: number; created: number; changed: number; ended: number; problems: number; tookMs: number } | null
  /** Another engine on the store; null where this one led for as long as it took. */
  leader: string | null
  queue: { stored: number; duplicates: number; failed: number; heldElsewhere: number }
}

/** Everything that works on one pair of connections. */
export interface Assembly {
  services: Omit<Services, 'saveConnections' | 'configureNotifications'>
  start(): void
  stop(): Promise<void>
  /** One reconcile, and the queue drained until it is empty. */
  syncOnce(signal: AbortSignal): Promise<SyncSummary>
}

/** Puts an engine together, and says in which order its parts start and stop. */
export function assemble(config: Config, sources: Readonly<Record<string, string>>, log: Logger): Assembly {
  const startedAt = new Date()
  const stopping = new AbortController()
  const parts = createParts(config, log)
  const { signals, problems, redis, database, cache, trail, duties, leadership, mirror, revocations, drain } = parts
  const { rollbacks, inspection, deadLetters, publisher, search, exports, cacheKeeper, partitions } = parts
  const { enrichment, watcher, alertDesk, suppressions, notifications, ruleDesk, backtests, eventFiles, placesOf } =
    parts
  const { ruleEditor } = parts
  const { storeReady, isKeyed } = parts
  const observation = observe(parts)
  const { live, sampler, health, pressure } = observation
  const observer = createObserver({
    database: leadership.database,
    signals,
    problems,
    log,
    readings: observation.readings,
  })

  /** Streams end with this assembly: who follows one asks again, and is answered by the assembly in its place. */
  const untilStopped = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal])

  /** For what hashes session ids: connected a moment ago, the store has not told their key yet. */
  async function untilKeyed(): Promise<void> {
    if (!isKeyed() && database.state().status === 'connected') await storeReady(stopping.signal)
  }

  /** What syncs waits for the audit store: nothing is taken from Redis that could not be put anywhere. */
  async function startSync(): Promise<void> {
    for (;;) {
      try {
        await storeReady(stopping.signal)
        break
      } catch (error) {
        if (stopping.signal.aborted) return
        log.warn({ err: error }, 'the audit store is not ready yet')
        await new Promise((resolve) => setTimeout(resolve, 1_000))
      }
    }
    if (stopping.signal.aborted) return
    revocations.guard.start()
    if (config.workspace.role === 'view') return leadership.watch()
    await partitions.ensure()
    if (stopping.signal.aborted) return
    partitions.start()
    if (duties.mirrors || duties.watches) leadership.start(lead)
    else leadership.watch()
    if (!duties.drains) return
    rollbacks.start()
    drain.start()
  }

  /** What runs in one engine of all that share the store. */
  async function lead(signal: AbortSignal): Promise<void> {
    if (duties.watches) {
      watcher.start()
      observer.start()
      notifications.start()
    }
    if (duties.mirrors) mirror.start()
    if (!signal.aborted) await once(signal, 'abort')
    await Promise.all([mirror.stop(), watcher.stop(), observer.stop(), notifications.stop()])
  }
  let starting: Promise<void> = Promise.resolve()

  async function getSession(sessionId: SessionId) {
    await untilKeyed()
    const found = await search.session(sessionId)
    const value = redis.state().status === 'connected' ? await mirror.readLive(sessionId) : null
    return {
      ...found,
      live: value === null ? null : { type: value.type, ttlMs: value.ttlMs, json: value.json, bytes: value.bytes },
    }
  }

  return {
    services: {
      readOnly: config.workspace.readOnly,
      info: () => ({
        version: packageVersion(),
        node: process.version,
        workspace: { name: config.workspace.name, kind: config.workspace.kind },
        actor: config.actor,
        readOnly: config.workspace.readOnly,
        home: config.home,
        startedAt,
        sessionIds: config.privacy.sessionIds,
      }),
      live: (signal) => live.stream(untilStopped(signal)),
      series: sampler.series,
      sessionStores: () => untilKeyed().then(mirror.sessionStores),
      connections: () => ({ redis: redis.state(), postgres: database.state(), source: { ...sources } }),
      testConnection: ({ store, url }) => testConnection(config, store, url, log),
      searchSessions: search.sessions,
      getSession,
      searchEvents: search.events,
      tail: (query, signal) => tailEvents(signals, search.eventFilter(query), untilStopped(signal)),
      listAlerts: alertDesk.list,
      getAlert: async (alertId) => {
        const { events: refs, ...found } = await alertDesk.get(alertId)
        const evidence = await search.eventsByRefs(refs)
        return { ...found, ...evidence, places: placesOf(found.alert, evidence.events) }
      },
      tallyAlerts: alertDesk.tally,
      triage: alertDesk.triage,
      rules: ruleDesk.list,
      ruleFile: async ({ file, which }) => (which === 'used' ? ruleDesk.file(file) : ruleEditor.newest(file)),
      checkRule: ruleEditor.check,
      saveRule: ruleEditor.save,
      eventFiles,
      backtest: (input, signal) => backtests.run(input, untilStopped(signal)),
      verifyProof: (input, signal) => backtests.verify(input, untilStopped(signal)),
      lists: () => (duties.watches ? enrichment.files() : []),
      listSuppressions: suppressions.list,
      previewSuppression: (draft) => untilKeyed().then(() => suppressions.preview(draft)),
      createSuppression: (input) => untilKeyed().then(() => suppressions.create(input)),
      endSuppression: suppressions.end,
      notificationStatus: notifications.status,
      testNotification: notifications.test,
      desktopNotices: (signal) => notifications.desktop(untilStopped(signal)),
      queueStatus: async () => {
        const { queues, leases, producers } = await inspection.status()
        return { queues, leases, pressure: { depthLimit: config.queue.depthLimit, ...pressure(producers) } }
      },
      peek: ({ name, offset, limit }) => inspection.peek(name, offset, limit),
      failed: ({ offset, limit }) => deadLetters.list(offset, limit),
      requeue: ({ selection, reason }) => deadLetters.requeue(selection, reason),
      discard: ({ selection, reason }) => deadLetters.discard(selection, reason),
      plan: (target) => untilKeyed().then(() => revocations.plan(target)),
      execute: revocations.execute,
      guarded: revocations.guard.list,
      actions: trail.list,
      exportRows: exports.exportRows,
      exportProof: (proof) =>
        exports.exportText(
          `backtest-proof-${proof.events.digest.slice(0, 12)}.json`,
          `${JSON.stringify(proof, null, 2)}\n`,
        ),
      serviceHealth: health.services,
      auditMetrics: health.auditMetrics,
      metrics: health.metrics,
    },
    start() {
      cacheKeeper.start()
      observation.start()
      exports
        .sweep()
        .catch((error: unknown) => problems.report('cache', 'old exports were not removed', messageOf(error)))
      starting = startSync()
    },
    async stop() {
      stopping.abort()
      observation.stop()
      await starting
      await Promise.all([
        leadership.stop(),
        drain.stop(),
        rollbacks.stop(),
        cacheKeeper.stop(),
        revocations.guard.stop(),
        partitions.stop(),
        enrichment.close(),
        watcher.close(),
      ])
      await publisher.close()
      await Promise.all([redis.close(), database.close()])
      cache.close()
    },
    async syncOnce(signal) {
      await Promise.all([storeReady(signal), redis.ready(signal)])
      await partitions.ensure()
      // What the application reported is stored first: the mirror infers only the rest, and has no second look.
      await rollbacks.look()
      const queue = await drain.drainUntilEmpty(signal)
      const mirrored = await leadership.once(async () => {
        const { scanned, created, changed, ended, problems: found, tookMs } = await mirror.reconcile({ settle: true })
        return { scanned, created, changed, ended, problems: found, tookMs }
      })
      return { mirror: mirrored, leader: mirrored === null ? leadership.state().leader : null, queue }
    },
  }
}
