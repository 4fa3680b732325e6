import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../shared/errors.ts'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { StatusSplit } from '../../../shared/model/system.ts'
import { createContext, type MirrorDeps } from './context.ts'
import { readLive, type LiveValue } from './live.ts'
import type { RevocationFacts } from './profiles/types.ts'
import { reconcile, type ReconcileOptions, type ReconcileResult } from './reconcile.ts'
import { resolveKeys, type ResolvedKey } from './resolve-keys.ts'

export interface MirrorState {
  running: boolean
  lastReconcileAt: Date | null
  lastDurationMs: number | null
  /** Why the last reconcile failed; null after one that succeeded. */
  failure: string | null
}

/** Since the engine started. */
export interface MirrorCounters {
  reconciles: number
  /** Sessions that were mirrored for the first time. */
  mirroredSessions: number
  /** Rows written again because their session changed. */
  changedSessions: number
  endedSessions: number
}

export interface Mirror {
  /** Reconciles again and again, `mirror.intervalMs` from start to start, as soon as both stores are there. */
  start(): void
  /** Waits for the reconcile under way. */
  stop(): Promise<void>
  /**
   * One reconcile, begun after this call; two never run at once.
   * @throws GatehouseError REDIS_UNAVAILABLE, POSTGRES_UNAVAILABLE
   */
  reconcile(options?: ReconcileOptions): Promise<ReconcileResult>
  state(): MirrorState
  counters(): MirrorCounters
  /** Sessions in Redis; null before the first complete reconcile of this run. */
  liveCount(): number | null
  /** Counted at most once a second; null as for liveCount. */
  statusSplit(nowMs: number): StatusSplit | null
  /** What lies in Redis under the session's key now, fit to be shown; null if it is gone. */
  readLive(sessionId: SessionId): Promise<LiveValue | null>
  /** The live keys of sessions, also where this mirror never ran; those that are gone are left out. */
  resolveKeys(sessionIds: readonly SessionId[]): Promise<Map<SessionId, ResolvedKey>>
  /** The session that a live key belongs to; null where no profile knows such keys. */
  sessionOfKey(key: RedisKey): SessionId | null
  /** The live session id in a key. */
  liveIdOf(key: RedisKey): string
  /** How sessions of a profile are revoked, by the name that its rows have; undefined for a name that is not in use. */
  revocationOf(profile: string): RevocationFacts | undefined
}

export function createMirror(deps: MirrorDeps): Mirror {
  const context = createContext(deps)
  const { redis, database, config, signals, log } = deps
  const { memory, profiles } = context
  const state: MirrorState = { running: false, lastReconcileAt: null, lastDurationMs: null, failure: null }
  const counters: MirrorCounters = { reconciles: 0, mirroredSessions: 0, changedSessions: 0, endedSessions: 0 }
  let tail: Promise<unknown> = Promise.resolve()
  let loop: { stop: AbortController; ended: Promise<void> } | null = null

  const noteRevoked = (sessions: readonly { sessionId: SessionId }[]) => {
    const untilMs = performance.now() + config.revocation.guardMs
    for (const { sessionId } of sessions) memory.revoked.set(sessionId, untilMs)
  }
  signals.on('revoked', noteRevoked)

  async function reconcileNow(options: ReconcileOptions): Promise<ReconcileResult> {
    state.running = true
    try {
      const result = await reconcile(context, options)
      counters.reconciles++
      counters.mirroredSessions += result.created
      counters.changedSessions += result.changed
      counters.endedSessions += result.ended
      Object.assign(state, { lastReconcileAt: new Date(), lastDurationMs: result.tookMs, failure: null })
      return result
    } catch (error) {
      state.failure = messageOf(error)
      throw error
    } finally {
      state.running = false
    }
  }

  function reconcileNext(options: ReconcileOptions = {}): Promise<ReconcileResult> {
    const run = tail.then(() => reconcileNow(options))
    // A failure is the caller's; the next reconcile runs all the same.
    tail = run.catch(() => undefined)
    return run
  }

  async function keepReconciling(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedMs = performance.now()
      try {
        await Promise.all([database.ready(signal), redis.ready(signal)])
        await reconcileNext()
      } catch (error) {
        if (!signal.aborted)
          log.warn({ err: error }, 'a reconcile of sessions failed; what it missed is found by the next')
      }
      const leftMs = config.mirror.intervalMs - (performance.now() - startedMs)
      // Rejects when stopped, which the loop's condition sees.
      await sleep(Math.max(0, leftMs), undefined, { signal }).catch(() => undefined)
    }
  }

  const isKnown = () => state.lastReconcileAt !== null

  let counted: { atMs: number; split: StatusSplit } | null = null
  function statusSplit(nowMs: number): StatusSplit | null {
    if (!isKnown()) return null
    if (counted === null || Math.abs(nowMs - counted.atMs) >= 1_000) {
      counted = { atMs: nowMs, split: memory.known.statusSplit(nowMs) }
    }
    return counted.split
  }

  return {
    start() {
      if (loop !== null) return
      signals.off('revoked', noteRevoked).on('revoked', noteRevoked)
      const stop = new AbortController()
      loop = { stop, ended: keepReconciling(stop.signal) }
    },
    async stop() {
      loop?.stop.abort()
      await loop?.ended
      await tail
      signals.off('revoked', noteRevoked)
      loop = null
    },
    reconcile: reconcileNext,
    state: () => ({ ...state }),
    counters: () => ({ ...counters }),
    liveCount: () => (isKnown() ? memory.known.sessions + memory.unclaimed.size - memory.absent.size : null),
    statusSplit,
    readLive: (sessionId) => readLive(context, sessionId),
    resolveKeys: (sessionIds) => resolveKeys(context, sessionIds),
    sessionOfKey: (key) => (profiles.prefixOf(key) === null ? null : memory.keys.sessionOf(key)),
    liveIdOf: (key) => memory.keys.liveIdIn(key),
    revocationOf: (name) => profiles.all.find((profile) => profile.name === name)?.revocation,
  }
}
