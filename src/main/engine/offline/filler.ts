import { setTimeout as sleep } from 'node:timers/promises'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { Wake } from '../throttle.ts'
import { fillAlerts } from './alerts.ts'
import { asOfKey, cachedAsOf } from './as-of.ts'
import type { FillContext, OfflineDeps } from './deps.ts'
import { fillEvents } from './events.ts'
import { fillSessions } from './sessions.ts'
import { fillSuppressions } from './suppressions.ts'

const dayMs = 86_400_000
/** How soon what other engines stored is looked for; what this one stores is told by a signal. */
const lookMs = 2_000
/**
 * Events come in bursts: gathered for this long, they are one transaction of the cache. SQLite writes each page that it
 * touched once a transaction: 5,000 events at once take a third of the time of ten times 500.
 */
const gatherMs = 1_000
/** Sessions and alerts that changed are found by reading their whole tables, at least this far apart... */
const tableMs = 5_000
/** ...and further where that takes long, so that it is a twentieth of the time at most. */
const restPerWork = 20
const pruneMs = 60_000
/** Events that were stored since the last look are new, unless that was longer ago. */
const newMs = 10_000
const retryMs = 1_000

/** An abort ends it too: the caller looks at the signal. */
const rest = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined)

/** The state of the connection says it already. */
const isAway = (error: unknown) => error instanceof GatehouseError && error.code === 'POSTGRES_UNAVAILABLE'

/** How many of each were new or had changed. */
export interface Filled {
  events: number
  sessions: number
  alerts: number
}

export interface FillerDeps extends OfflineDeps {
  /**
   * Told of each page of stored events that was read, whoever stored them, each once. `isNew`: all before them had been
   * read a moment ago. `isLast`: there are no more for now.
   */
  readonly onSeen: (events: readonly AuditEvent[], page: { isNew: boolean; isLast: boolean }) => void
  /** Told of what the cache took in. */
  readonly onFilled: (filled: Filled) => void
}

export interface Filler {
  start(): void
  stop(): Promise<void>
  /** There is something new: it is looked for soon. */
  look(): void
  /** Everything once, now; for who closes soon. @throws GatehouseError POSTGRES_UNAVAILABLE */
  fillOnce(signal: AbortSignal): Promise<void>
  /** When the cache last held all that the audit store had; null before the first time. Survives a restart. */
  asOf(): Date | null
}

/** Keeps the cache filled with what is stored, whoever stores it, for as long as PostgreSQL is there. */
export function createFiller(deps: FillerDeps): Filler {
  const { database, cache, config, problems, log, onSeen, onFilled, now = Date.now } = deps
  const oldest = () => new Date(now() - config.cache.maxAgeDays * dayMs)
  const context: FillContext = { database, cache, problems, oldest }
  const wake = new Wake()
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let nextTablesMs = 0
  let nextPruneMs = 0
  /** When all stored events were in the cache. */
  let filledMs = 0

  async function fill(signal: AbortSignal): Promise<void> {
    const startedMs = now()
    const isNew = startedMs - filledMs < newMs
    const events = await fillEvents(context, (page, isLast) => onSeen(page, { isNew, isLast }), signal)
    filledMs = now()
    if (events > 0) onFilled({ events, sessions: 0, alerts: 0 })
    if (startedMs >= nextTablesMs) await fillTables(signal)
    // What was stored while this ran may be missing.
    if (!signal.aborted) cache.setMeta(asOfKey, new Date(startedMs).toISOString())
    if (now() >= nextPruneMs) prune()
  }

  async function fillTables(signal: AbortSignal): Promise<void> {
    const startedMs = now()
    const sessions = await fillSessions(context, signal)
    const alerts = await fillAlerts(context, signal)
    await fillSuppressions(context)
    if (sessions + alerts > 0) onFilled({ events: 0, sessions, alerts })
    nextTablesMs = now() + Math.max(tableMs, restPerWork * (now() - startedMs))
  }

  function prune(): void {
    cache.prune(config.cache, now())
    nextPruneMs = now() + pruneMs
  }

  async function keepFilled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await database.ready(signal)
        await fill(signal)
        await wake.wait(lookMs, signal)
        await rest(gatherMs, signal)
      } catch (error) {
        if (signal.aborted) return
        if (!isAway(error)) {
          problems.report('cache', 'the cache could not be filled', messageOf(error))
          log.warn({ err: error }, 'the cache could not be filled')
        }
        await rest(retryMs, signal)
      }
    }
  }

  return {
    start: () => {
      running = keepFilled(stopping.signal)
    },
    look: () => wake.now(),
    stop: async () => {
      stopping.abort()
      await running
    },
    fillOnce: async (signal) => {
      nextTablesMs = 0
      await fill(signal)
    },
    asOf: () => cachedAsOf(cache),
  }
}
