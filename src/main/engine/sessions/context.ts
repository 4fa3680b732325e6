import type { Logger } from 'pino'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { SessionIds } from '../session-ids.ts'
import type { SignalBus } from '../signals.ts'
import type { Hints } from './hints.ts'
import { KeyCensus } from './key-census.ts'
import { KnownSessions } from './known-sessions.ts'
import { Principals } from './principals.ts'
import { createProfiles } from './profiles/create-profiles.ts'
import type { Profiles } from './profiles/profiles.ts'
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
  /** The key that it left; null: the engine started after that. */
  key: RedisKey | null
  /** The time (performance.now) from which missing it again ends it, with nothing else to explain the end. */
  dueMs: number
}

export interface DueLogin {
  /** The time before which the session had not begun; null where that is not known. */
  knownAt: Date | null
  /** performance.now */
  sinceMs: number
}

/** What the mirror knows between two reconciles. It follows what was committed: what was not is found again. */
export interface MirrorMemory {
  readonly known: KnownSessions
  readonly keys: SessionKeys
  /** Whose sessions are whose, for stores that keep that apart. */
  readonly principals: Principals
  /** Which keys there are. */
  readonly census: KeyCensus
  /** When a scan has to look for stores that are not known yet (performance.now), and what the last such scan saw. */
  readonly survey: { dueMs: number; mostAreSessions: boolean }
  /** Live rows for which no key was found since the engine started. */
  readonly unclaimed: Map<SessionId, LiveSession>
  /** Sessions that began and whose login may yet come through the queue, which knows more. */
  readonly dueLogins: Map<SessionId, DueLogin>
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
  /** Keys that expired up to here, by Redis's clock, have been looked for. */
  expiriesSeenToMs: number
}

export interface MirrorContext extends MirrorDeps {
  readonly profiles: Profiles
  readonly hints: Hints
  readonly memory: MirrorMemory
  /** Empties the memory, all but what this engine revokes: from here on another engine may mirror. */
  forget(): void
  /** Counts bad input of sessions; `key` is shown without its credential. */
  report(reason: string, key: RedisKey, detail?: string): void
  /** Tells the others what was committed. */
  publish(stored: readonly AuditEvent[], sessions: number): void
  /** onReturned, whose failure stops nothing. */
  reportReturned(sessionId: SessionId, key: RedisKey): void
}

export function createContext(deps: MirrorDeps, hints: Hints): MirrorContext {
  const profiles = createProfiles(deps.config.mirror)
  const forgetful = (): Omit<MirrorMemory, 'revoked'> => ({
    known: new KnownSessions(),
    keys: new SessionKeys(profiles, deps.sessionIds),
    principals: new Principals(profiles),
    census: new KeyCensus(),
    survey: { dueMs: 0, mostAreSessions: false },
    unclaimed: new Map(),
    dueLogins: new Map(),
    absent: new Map(),
    duplicates: new Set(),
    baseline: null,
    sawAllAt: null,
    loaded: false,
    round: 0,
    runId: null,
    holding: false,
    expiriesSeenToMs: -Infinity,
  })
  const memory: MirrorMemory = { ...forgetful(), revoked: new Map() }
  return {
    ...deps,
    profiles,
    hints,
    memory,
    forget: () => void Object.assign(memory, forgetful()),
    report(reason, key, detail) {
      const shown = memory.keys.shown(key)
      deps.problems.report('sessions', reason, detail === undefined ? shown : `${shown} ${detail}`)
    },
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
