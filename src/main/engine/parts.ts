import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import path from 'node:path'
import type { Logger } from 'pino'
import type { EventSourceInput } from '../../shared/model/backtest.ts'
import { createAdminTrail } from './admin-trail.ts'
import type { EventsFrom } from './backtest-stores.ts'
import type { BacktestWork, ProofTask } from './backtest.ts'
import type { Config } from './config-schema.ts'
import { createNotifications } from './notify/notifications.ts'
import { cachedAsOf } from './offline/as-of.ts'
import { createCacheKeeper } from './offline/cache-keeper.ts'
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
import { createSessionIds } from './session-ids.ts'
import { createLiveRows } from './sessions/live-rows.ts'
import { createMirror } from './sessions/mirror.ts'
import { createSignals } from './signals.ts'
import { createCacheReader } from './sqlite/cache-reader.ts'
import { cacheFileOf, openCacheFile } from './sqlite/open.ts'
import { createAlertDesk } from './watch/alert-desk.ts'
import { createAlertPlaces } from './watch/alert-places.ts'
import { createBacktests } from './watch/backtest/backtests.ts'
import { eventFilePath, listEventFiles } from './watch/backtest/event-files.ts'
import { createEnrichment } from './watch/enrich/enrichment.ts'
import { createRuleDesk } from './watch/rule-desk.ts'
import { createRuleEditor } from './watch/rule-editor.ts'
import { ownRulesFolder, ruleFolders } from './watch/rules/folders.ts'
import { networksFrom } from './watch/suppress.ts'
import { createSuppressions } from './watch/suppressions.ts'
import { createWatcher } from './watch/watcher.ts'

export type Parts = ReturnType<typeof createParts>

/** The entry of a thread: beside this file, in the sources as in the build. */
const workerFile = (name: string): string =>
  path.join(import.meta.dirname, `${name}${path.extname(import.meta.filename)}`)

/** Makes the parts of an engine, and starts none: no part knows another but by what is given to it here. */
export function createParts(config: Config, log: Logger) {
  const engineName = `${hostname()}/${process.pid}`
  const engineTag = randomUUID().slice(0, 8)
  const engineId = `${engineName}/${engineTag}`
  const applicationName = `gatehouse ${engineTag}`
  const signals = createSignals()
  const problems = new Problems()
  const redis = openRedis(config.redis, log, config.allowLinkLocal)
  const database = openDatabase(config.postgres, log, applicationName)
  let sessionIdKey: Buffer | null = null
  const sessionIds = createSessionIds(config.privacy.sessionIds, () => sessionIdKey)

  const cacheFile = cacheFileOf(config, database.state().target)
  const { database: cacheDatabase, setAside } = openCacheFile(cacheFile)
  if (setAside !== null) problems.report('cache', 'the cache was damaged: a new one was begun', setAside)
  // Another thread writes to it (cache-worker.ts).
  cacheDatabase.pragma('query_only = ON')
  const cache = createCacheReader(cacheDatabase)

  const asOf = () => cachedAsOf(cache)

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
    cache: cacheSearchStore(cache.reader, asOf),
    sessionIds,
  })
  const exports = createExports({ home: config.home, events: search.allEvents, sessions: search.allSessions })
  const enrichment = createEnrichment(config.watch, (reason, key) => problems.report('watch', reason, key))
  const watcher = createWatcher({ ...led, enrichment })
  const cacheKeeper = createCacheKeeper({
    workerFile: workerFile('cache-worker'),
    task: { config: { postgres: config.postgres, cache: config.cache, log: config.log }, file: cacheFile },
    signals,
    problems,
    log,
    status: cache.status(),
  })
  const desk = { ...shared, trail, actor: config.actor, cache, asOf }
  const alertDesk = createAlertDesk({ ...desk, notesOf: watcher.notesOf })
  const suppressions = createSuppressions({
    ...desk,
    sought: sessionIds.sought,
    networksOf: networksFrom(enrichment.environment),
    rules: watcher.loaded,
  })
  const placesOf = createAlertPlaces(enrichment.environment, watcher.loaded)
  const notifications = createNotifications({ ...shared, led: leadership.database })
  const ruleDesk = createRuleDesk({
    opened: watcher.opened,
    loaded: watcher.rules,
    environment: enrichment.environment,
    watching: watches,
  })
  const ruleEditor = createRuleEditor({
    loaded: watcher.rules,
    environment: enrichment.environment,
    folders: () => ruleFolders(config),
    ownFolder: ownRulesFolder(config),
    trail,
    reread: watcher.reread,
  })
  const backtests = createBacktests(workerFile('backtest-worker'), {
    run: ({ source, ...input }): BacktestWork => ({ kind: 'run', task: { input, ...tested(source) } }),
    verify: ({ proof, source }): BacktestWork => ({ kind: 'verify', proof, task: tested(source) }),
  })
  function tested(source: EventSourceInput): ProofTask {
    // Known here already: the thread need not wait for a store that is away.
    const auto = database.state().status === 'connected' ? 'postgres' : 'cache'
    const from: EventsFrom =
      source.kind === 'file'
        ? { kind: 'file', path: eventFilePath(config.home, source.name) }
        : { kind: source.store === 'auto' ? auto : source.store }
    return { config, from, files: watcher.rules().files }
  }
  const partitions = createPartitionKeeper({ database, config: config.audit, problems, log })

  /** Where the mirror does not run here. */
  const liveRows = createLiveRows(database)

  /** Resolves once the audit store is there and its key for session ids is known. */
  async function storeReady(signal: AbortSignal): Promise<void> {
    await database.ready(signal)
    sessionIdKey ??= await loadSessionIdKey(database)
  }

  return {
    config,
    log,
    signals,
    problems,
    redis,
    database,
    cache,
    trail,
    /** What this engine does, by its settings. */
    duties: { mirrors, watches, drains },
    leadership,
    mirror,
    liveRows,
    revocations,
    drain,
    rollbacks,
    inspection,
    deadLetters,
    publisher,
    search,
    exports,
    enrichment,
    watcher,
    alertDesk,
    placesOf,
    suppressions,
    notifications,
    ruleDesk,
    ruleEditor,
    backtests,
    eventFiles: () => listEventFiles(config.home),
    cacheKeeper,
    partitions,
    storeReady,
    isKeyed: () => sessionIdKey !== null,
  }
}
