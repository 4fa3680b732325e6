import type { Logger } from 'pino'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { SessionIds } from '../session-ids.ts'
import type { SignalBus } from '../signals.ts'
import { KnownSessions } from './known-sessions.ts'
import { createProfiles, type Profiles } from './profiles/profiles.ts'
import { SessionKeys } from './session-keys.ts'
import type { LiveSession } from './store/live-sessions.ts'

export interface MirrorDeps {
  redis: RedisConnection
  database: Database
  config: Config
  sessionIds: SessionIds
  signals: SignalBus
  problems: Problems
  log: Logger
  /** A revoked session is in Redis again; called once each time that it comes back. */
  onReturned: (sessionId: SessionId, key: RedisKey) => void | Promise<void>
}

export interface Absence {
  /** Redis's clock when the session was first missed. */
  since: Date
  /** When it was known to be there; null before the first complete reconcile of this run. */
  knownAt: Date | null
}

/** What the mirror knows between two reconciles. It follows what was committed: what was not is found again. */
export interface MirrorMemory {
  readonly known: KnownSessions
  readonly keys: SessionKeys
  /** Live rows for which no key was found since the engine started. */
  readonly unclaimed: Map<SessionId, LiveSession>
  /**
   * Sessions that began and whose login may yet come through the queue, which knows more; each with the time before
   * which it had not begun, null where that is not known.
   */
  readonly dueLogins: Map<SessionId, Date | null>
  /** Sessions that are gone and whose end can only be inferred. */
  readonly absent: Map<SessionId, Absence>
  /** Sessions that are being revoked by this engine, with the time (performance.now) until which that explains an end. */
  readonly revoked: Map<SessionId, number>
  /** Keys whose value names a session that another key holds. */
  readonly duplicates: Set<RedisKey>
  /** null: the first reconcile on this store is not complete yet. */
  baseline: Date | null
  /** When the last complete reconcile began, by Redis's clock: each start and end that it did not see came later. */
  sawAllAt: Date | null
  loaded: boolean
  round: number
  /** Run id of the Redis that the last complete reconcile read; null before. */
  runId: string | null
  /** Inferred ends are held back (held-ends.ts). */
  holding: boolean
}

export interface MirrorContext extends MirrorDeps {
  readonly profiles: Profiles
  readonly memory: MirrorMemory
  /** Counts bad input of sessions; `key` is shown without its credential. */
  report(reason: string, key: RedisKey, detail?: string): void
  /** Tells the others what was committed. */
  publish(stored: readonly AuditEvent[], sessions: number): void
  /** onReturned, whose failure stops nothing. */
  reportReturned(sessionId: SessionId, key: RedisKey): void
}

export function createContext(deps: MirrorDeps): MirrorContext {
  const profiles = createProfiles(deps.config.mirror)
  const keys = new SessionKeys(profiles, deps.sessionIds)
  return {
    ...deps,
    profiles,
    memory: {
      known: new KnownSessions(),
      keys,
      unclaimed: new Map(),
      dueLogins: new Map(),
      absent: new Map(),
      revoked: new Map(),
      duplicates: new Set(),
      baseline: null,
      sawAllAt: null,
      loaded: false,
      round: 0,
      runId: null,
      holding: false,
    },
    report: (reason, key, detail) =>
      deps.problems.report('sessions', reason, detail === undefined ? keys.shown(key) : `${keys.shown(key)} ${detail}`),
    reportReturned(sessionId, key) {
      const failed = (error: unknown) =>
        deps.log.error({ err: error, sessionId }, 'a session that came back could not be handed to its guard')
      void (async () => deps.onReturned(sessionId, key))().catch(failed)
    },
    publish(stored, sessions) {
      if (stored.length > 0) deps.signals.emit('stored', stored)
      if (sessions > 0) deps.signals.emit('sessionsChanged', sessions)
    },
  }
}
