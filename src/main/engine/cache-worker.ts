import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../shared/errors.ts'
import { createLogger } from '../log.ts'
import { Elsewhere } from './elsewhere.ts'
import { createFiller } from './offline/filler.ts'
import type { KeeperOrder, KeeperReport, KeeperTask } from './offline/keeper-messages.ts'
import { openDatabase } from './postgres/open.ts'
import { createCache } from './sqlite/cache.ts'
import { openCacheFile } from './sqlite/open.ts'
import { lowerThreadPriority } from './thread-priority.ts'

/**
 * Keeps the cache, in a thread of its own: SQLite's calls are synchronous, and thousands of events a second are a quarter of
 * a processor. It reads what is stored by itself, from the place that the cache has; so nothing is lost or doubled by its
 * end, and it can fall behind without holding anybody up.
 */
const host = parentPort
if (host === null) throw new Error('The cache is kept in a worker thread of the engine.')
lowerThreadPriority()
const { config, file } = workerData as KeeperTask
const report = (message: KeeperReport): void => host.postMessage(message)
const tellProblem = (reason: string, key: string): void => report({ kind: 'problem', reason, key })
const log = createLogger('cache', config.log.level)
/** That PostgreSQL comes and goes the engine says already. */
const quietLog = log.child({}, { level: 'silent' })

const { database: cacheDatabase, setAside } = openCacheFile(file)
if (setAside !== null) tellProblem('the cache was damaged: a new one was begun', setAside)
const cache = createCache(cacheDatabase)
const database = openDatabase({ ...config.postgres, maxConnections: 1 }, quietLog, 'gatehouse cache')
const elsewhere = new Elsewhere((events) => report({ kind: 'storedElsewhere', events }))

/** To count takes a moment in a large cache. */
const statusMs = 5_000
let nextStatusMs = 0
function tellStatus(): void {
  if (performance.now() < nextStatusMs) return
  nextStatusMs = performance.now() + statusMs
  report({ kind: 'status', status: cache.status() })
}

const filler = createFiller({
  database,
  cache,
  config,
  problems: { report: (_area, reason, key) => tellProblem(reason, key) },
  log,
  onSeen: (events, page) => {
    elsewhere.seen(events, page)
    if (page.isLast) tellStatus()
  },
  onFilled: (changes) => report({ kind: 'filled', changes }),
})

async function stop(): Promise<void> {
  elsewhere.close()
  await Promise.all([filler.stop(), database.close()])
  cache.close()
  host?.close()
}

const obey = (order: KeeperOrder): void => {
  if (order.kind === 'stored') {
    elsewhere.stored(order.eventIds)
    filler.look()
  } else if (order.kind === 'sample') {
    cache.putSample(order.sample)
  } else {
    void stop()
  }
}
host.on('message', (order: KeeperOrder) => {
  try {
    obey(order)
  } catch (error) {
    tellProblem('a sample of the charts was lost', messageOf(error))
  }
})
filler.start()
