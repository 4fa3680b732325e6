import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import type { SessionId } from '../../shared/model/ids.ts'
import type { Problem } from '../../shared/model/system.ts'
import { packageVersion } from '../resources.ts'
import { createAdminTrail } from './admin-trail.ts'
import { createSampler } from './analytics/sampler.ts'
import type { Config } from './config-schema.ts'
import { tellElsewhere } from './elsewhere.ts'
import { createHealth } from './health/health.ts'
import { createLiveStatus } from './live-status.ts'
import { createFiller } from './offline/filler.ts'
import { createLeadership } from './postgres/leadership.ts'
import { openDatabase } from './postgres/open.ts'
import { createPartitionKeeper } from './postgres/partition-keeper.ts'
import { loadSessionIdKey } from './postgres/settings.ts'
import { Problems } from './problems.ts'
import { createDeadLetters } from './queue/dead-letters.ts'
import { createDrain } from './queue/drain.ts'
import { createInspection } from './queue/inspect.ts'
import { createPublisher } from './queue/publish.ts'
import { createRollbackWatch } from './queue/rollback.ts'
import { openRedis } from './redis/open.ts'
import { createExports } from './reports/exports.ts'
import { createRevocations } from './revocation/revocations.ts'
import { cacheSearchStore } from './search/cache-store.ts'
import { postgresSearchStore } from './search/postgres-store.ts'
import { createSearch } from './search/search.ts'
import type { Services } from './services.ts'
import { createSessionIds } from './session-ids.ts'
import { createLiveRows } from './sessions/live-rows.ts'
import { createMirror } from './sessions/mirror.ts'
import { createSignals } from './signals.ts'
import { createCache } from './sqlite/cache.ts'
import { cacheFile, openCacheFile } from './sqlite/open.ts'
import { tailEvents } from './tail.ts'
import { testConnection } from './test-connection.ts'
import { createWatcher } from './watch/watcher.ts'

export interface SyncSummary {
  /** null: `leader` mirrors, so that there was nothing to do. */
  mirror: { scanned: number; created: number; changed: number; ended: number; problems: number; tookMs: number } | null
  /** Another engine on the store; null where this one led for as long as it took. */
  leader: string | null
  queue: { stored: number; duplicates: number; failed: number; heldElsewhere: number }
}

/** Everything that works on one pair of connections. */
export interface Assembly {
  services: Omit<Services, 'saveConnections'>
  start(): void
  stop(): Promise<void>
  /** One reconcile, and the queue drained until it is empty. */
  syncOnce(signal: AbortSignal): Promise<SyncSummary>
}

/** Puts the parts of the engine together: no part knows another but by what is given to it here. */
export function assemble(config: Config, sources: Readonly<Record<string, string>>, log: Logger): Assembly {
  const startedAt = new Date()
  const engineName = `${hostname()}/${process.pid}`
  const engineTag = randomUUID().slice(0, 8)
  const engineId = `${engineName}/${engineTag}`
  const applicationName = `gatehouse ${engineTag}`
  const stopping = new AbortController()
  const signals = createSignals()
  const problems = new Problems()
  const redis = openRedis(config.redis, log, config.allowLinkLocal)
  const database = openDatabase(config.postgres, log, applicationName)
  let sessionIdKey: Buffer | null = null
  const sessionIds = createSessionIds(config.privacy.sessionIds, () => sessionIdKey)

  const { database: cacheDatabase, setAside } = openCacheFile(
    // The sample's servers listen elsewhere at each start: its cache goes by its name.
    cacheFile(config.home, config.workspace.kind === 'sample' ? 'sample' : database.state().target),
  )
  if (setAside !== null) problems.report('cache', 'the cache was damaged: a new one was begun', setAside)
  const cache = createCache(cacheDatabase)

  const trail = createAdminTrail(database, config.actor)
  const shared = { redis, database, config, sessionIds, signals, problems, log, engineId }
  const mirrors = config.audit.enabled && config.mirror.enabled
  const watches = config.watch.enabled
  const drains = config.workspace.role === 'sync' && config.audit.enabled && config.queue.enabled
  const leadership = createLeadership({
    url: config.postgres.url,
    database,
    candidate: {
      leader: engineName,
      application: applicationName,
      duties: [...(mirrors ? ['mirror'] : []), ...(watches ? ['watcher'] : [])],
    },
    problems,
    log,
  })
  const led = { ...shared, database: leadership.database }
  const mirror = createMirror({ ...led, onReturned: async () => void (await revocations.guard.look()) })
  const revocations = createRevocations({
    ...shared,
    trail,
    actor: config.actor,
    resolveKeys: mirror.resolveKeys,
    stepsOf: mirror.stepsOf,
    sessionOfKey: mirror.sessionOfKey,
    liveIdOf: mirror.liveIdOf,
    profileRevocation: (profile) => mirror.revocationOf(profile) ?? { publishesForceLogout: false, doesNotEnd: [] },
  })
  const drain = createDrain(shared)
  const rollbacks = createRollbackWatch(shared)
  const inspection = createInspection(shared)
  const deadLetters = createDeadLetters({ ...shared, recordAct: trail.record })
  const publisher = createPublisher(shared)
  const search = createSearch({
    postgres: postgresSearchStore(database),
    cache: cacheSearchStore(cache.reader, () => filler.asOf()),
    sessionIds,
  })
  const exports = createExports({ home: config.home, events: search.allEvents, sessions: search.allSessions })
  const watcher = createWatcher(led)
  const filler = createFiller({ ...shared, cache })
  const partitions = createPartitionKeeper({ database, config: config.audit, problems, log })

  /** Where the mirror does not run here. */
  const liveRows = createLiveRows(database)
  const sampler = createSampler({
    activeSessions: async () => mirror.liveCount() ?? (await liveRows.count())?.live ?? null,
    queueDepth: () => live.queueDepth(),
    redisLatencyMs: () => health.redisLatencyMs(),
    storing: () => database.state().status === 'connected',
    store: cache,
    onFailure: (error) => problems.report('cache', 'a sample of the charts was lost', messageOf(error)),
  })
  signals.on('stored', sampler.recordStored).on('storedElsewhere', sampler.recordStored)
  const endElsewhere = tellElsewhere(signals)

  const live = createLiveStatus({
    signals,
    inspection,
    cacheStatus: () => ({ status: 'open', ...cache.status() }),
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
  })

  const health = createHealth({
    config,
    signals,
    ping: () => redis.client.ping(),
    runs: () => ({ drain: drains, mirror: mirrors && leadership.state().leads }),
    read: () => {
      const { depths, syncLagMs, openAlerts, cache: cached } = live.looked()
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
        cache: cached,
        problems: problems.list(),
      }
    },
  })

  /** Streams end with this assembly: who follows one asks again, and is answered by the assembly in its place. */
  const untilStopped = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal])

  /** Resolves once the audit store is there and its key for session ids is known. */
  async function storeReady(signal: AbortSignal): Promise<void> {
    await database.ready(signal)
    sessionIdKey ??= await loadSessionIdKey(database)
  }

  /** For what hashes session ids: connected a moment ago, the store has not told their key yet. */
  async function untilKeyed(): Promise<void> {
    if (sessionIdKey === null && database.state().status === 'connected') await storeReady(stopping.signal)
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
    filler.start()
    if (config.workspace.role === 'view') return leadership.watch()
    await partitions.ensure()
    if (stopping.signal.aborted) return
    partitions.start()
    if (mirrors || watches) leadership.start(lead)
    else leadership.watch()
    if (!drains) return
    rollbacks.start()
    drain.start()
  }

  /** What runs in one engine of all that share the store. */
  async function lead(signal: AbortSignal): Promise<void> {
    if (watches) watcher.start()
    if (mirrors) mirror.start()
    if (!signal.aborted) await once(signal, 'abort')
    await Promise.all([mirror.stop(), watcher.stop()])
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
      listAlerts: async (limit) =>
        database.state().status === 'connected'
          ? { rows: await watcher.list(limit), origin: { store: 'postgres', asOf: null } }
          : { rows: cache.alerts(limit), origin: { store: 'cache', asOf: filler.asOf() } },
      getAlert: async (alertId) => {
        const found = database.state().status === 'connected' ? await watcher.get(alertId) : cache.alert(alertId)
        if (found === null) throw new GatehouseError('NOT_FOUND', `Alert ${alertId} is not in the store.`)
        return { alert: found.alert, ...(await search.eventsByRefs(found.events)) }
      },
      rules: watcher.rules,
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
      serviceHealth: health.services,
      auditMetrics: health.auditMetrics,
      metrics: health.metrics,
    },
    start() {
      live.start()
      health.start()
      sampler.start()
      exports
        .sweep()
        .catch((error: unknown) => problems.report('cache', 'old exports were not removed', messageOf(error)))
      starting = startSync()
    },
    async stop() {
      stopping.abort()
      live.stop()
      health.stop()
      sampler.stop()
      endElsewhere()
      await starting
      await Promise.all([
        leadership.stop(),
        drain.stop(),
        rollbacks.stop(),
        filler.stop(),
        revocations.guard.stop(),
        partitions.stop(),
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
