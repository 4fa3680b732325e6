import { EventEmitter } from 'node:events'
import type { Alert } from '../../shared/model/alert.ts'
import type { AuditEvent } from '../../shared/model/event.ts'
import type { RedisKey, SessionId } from '../../shared/model/ids.ts'
import type { RevocationOutcome } from '../../shared/model/revocation.ts'

/**
 * What one part of the engine tells the others, in process. Signals are hints: whoever must not miss a fact reads it
 * from the store (postgres/feed.ts), and uses the signal only to look sooner.
 */
export interface Signals {
  /** Rows were committed by this engine. */
  stored: [events: readonly AuditEvent[]]
  /** Rows were committed by another engine, a moment ago (elsewhere.ts). */
  storedElsewhere: [events: readonly AuditEvent[]]
  /** An episode opened, grew or closed. */
  alert: [alert: Alert]
  /** People did something with alerts, here. */
  alertsTriaged: [alerts: readonly Alert[]]
  /** A suppression was made or ended, here. */
  suppressionsChanged: []
  /** Rows of redis_sync_sessions changed. */
  sessionsChanged: [count: number]
  /** Sessions were revoked here: the mirror must not call their end a logout. */
  revoked: [sessions: readonly { sessionId: SessionId; key: RedisKey; at: Date }[]]
  /** This engine ended rows of redis_sync_sessions, each once. */
  sessionsEnded: [ends: readonly { began: Date; ended: Date }[]]
  /** Calls to the application that sessions counted (`api_call_count`) since they were last read. */
  apiCalls: [count: number]
  /** What became of the sessions of one revocation. */
  revocationDone: [outcomes: readonly RevocationOutcome[]]
  /** A batch was committed. `tookMs`: its transaction. `lagMs`: its oldest event's age then; null without an event. */
  batchStored: [batch: { items: number; tookMs: number; lagMs: number | null }]
  /** The cache took in what any engine on the store had stored or changed meanwhile; so many of each. */
  filled: [changes: { events: number; sessions: number; alerts: number }]
  /** The dead letters changed. */
  failedChanged: []
}

export type SignalBus = EventEmitter<Signals>
export const createSignals = (): SignalBus =>
  new EventEmitter<Signals>({ captureRejections: false }).setMaxListeners(50)
