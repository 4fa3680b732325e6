import type { AuditEvent } from '../../../shared/model/event.ts'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { SessionStores } from '../../../shared/model/session-stores.ts'
import type { StatusSplit, TrackingState } from '../../../shared/model/system.ts'
import type { RevocationStep } from '../revocation-step.ts'
import { Wake } from '../throttle.ts'
import { createContext, type MirrorDeps } from './context.ts'
import { Hints } from './hints.ts'
import { readLive, type LiveValue } from './live.ts'
import { isFollowing, keepMirroring } from './mirror-loop.ts'
import { MirrorWork, type WorkCounters, type WorkState } from './mirror-work.ts'
import type { RevocationFacts } from './profiles/types.ts'
import type { ReconcileOptions, ReconcileResult } from './reconcile.ts'
import { resolveKeys, stepsOf, type ResolvedKey } from './resolve-keys.ts'
import { findStores } from './session-stores.ts'
import { Tracking } from './source/tracking.ts'

export interface MirrorState extends WorkState {
  /** Whether Redis names the keys that are touched, and why not. */
  tracking: TrackingState
}

/** Since the engine started. */
export type MirrorCounters = WorkCounters & { receivedHints: number; droppedHints: number; missedHints: number }

const switchedOff = { status: 'off', reason: 'mirror.tracking is switched off' } as const

export interface Mirror {
  /** Keeps the rows what Redis holds, as soon as both stores are there: by hints of Redis, and by reconciles. */
  start(): void
  /** Waits for what is under way, and forgets: until it starts again another engine may mirror. */
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
  /** What goes with the session under a key when it is revoked. */
  stepsOf(key: RedisKey): Promise<readonly RevocationStep[]>
  /** Which session stores there are. @throws GatehouseError REDIS_UNAVAILABLE */
  sessionStores(): Promise<SessionStores>
  /** The session that a live key belongs to; null where no profile knows such keys. */
  sessionOfKey(key: RedisKey): SessionId | null
  /** The live session id in a key. */
  liveIdOf(key: RedisKey): string
  /** How sessions of a profile are revoked, by the name that its rows have; undefined for a name that is not in use. */
  revocationOf(profile: string): RevocationFacts | undefined
}

export function createMirror(deps: MirrorDeps): Mirror {
  const wake = new Wake()
  const { redis, config, signals, problems } = deps
  const hints = new Hints(config.mirror.maxHints, () => wake.now())
  const context = createContext(deps, hints)
  const { memory, profiles } = context
  const tracking = new Tracking({
    redis,
    prefixes: () => profiles.prefixes,
    timeoutMs: config.redis.commandTimeoutMs,
    touched: (keys) => hints.receive(keys),
    unsure: (reason) => hints.lose(reason),
    refused: (reason) => problems.report('redis', `touched keys are not named: ${reason}`, 'CLIENT TRACKING'),
  })
  const work = new MirrorWork(context, tracking)
  let loop: { stop: AbortController; ended: Promise<void> } | null = null

  const noteRevoked = (sessions: readonly { sessionId: SessionId; key: RedisKey }[]) => {
    const untilMs = performance.now() + config.revocation.guardMs
    for (const { sessionId, key } of sessions) {
      memory.revoked.set(sessionId, untilMs)
      // It may be back with the very value that it had before a hint is read.
      memory.known.distrust(key)
    }
  }
  // What the application says of a session that is missing already explains its end.
  const noteStored = (events: readonly AuditEvent[]) => {
    if (memory.absent.size === 0) return
    for (const { sessionId } of events) {
      const key = sessionId === null ? null : (memory.absent.get(sessionId)?.key ?? null)
      if (key !== null) hints.add([key])
    }
  }
  signals.on('revoked', noteRevoked)

  const isKnown = () => work.state.lastReconcileAt !== null

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
      signals.off('revoked', noteRevoked).on('revoked', noteRevoked).on('stored', noteStored)
      const stop = new AbortController()
      if (config.mirror.tracking) tracking.start()
      loop = { stop, ended: keepMirroring(context, tracking, work, wake, stop.signal) }
    },
    async stop() {
      loop?.stop.abort()
      await Promise.all([loop?.ended, tracking.stop()])
      await work.idle()
      signals.off('revoked', noteRevoked).off('stored', noteStored)
      loop = null
      context.forget()
      counted = null
      work.forget()
    },
    reconcile: (options) => work.reconcile(options),
    state: () => ({
      ...work.state,
      tracking: {
        ...(config.mirror.tracking ? tracking.state() : switchedOff),
        following: isFollowing(context, tracking),
        hintsPerSecond: hints.perSecond(performance.now()),
        waitingHints: hints.waiting,
      },
    }),
    counters: () => {
      const { received, dropped, missed } = hints.counters
      return { ...work.counters, receivedHints: received, droppedHints: dropped, missedHints: missed }
    },
    liveCount: () => (isKnown() ? memory.known.sessions + memory.unclaimed.size - memory.absent.size : null),
    statusSplit,
    readLive: (sessionId) => readLive(context, sessionId),
    resolveKeys: (sessionIds) => resolveKeys(context, sessionIds),
    stepsOf: (key) => stepsOf(context, key),
    sessionStores: () => findStores(context),
    sessionOfKey: (key) => (profiles.keyspaceOf(key) === null ? null : memory.keys.sessionOf(key)),
    liveIdOf: (key) => memory.keys.liveIdIn(key),
    revocationOf: (name) => profiles.all.find((profile) => profile.name === name)?.revocation,
  }
}
