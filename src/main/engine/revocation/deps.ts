import type { Logger } from 'pino'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { SignalBus } from '../signals.ts'
import type { AdminTrail } from './admin-trail.ts'

/** How sessions of a store are revoked, as its profile says. */
export interface StoreFacts {
  /** Whether the application is told on the force-logout channel, beside the deletion. */
  publishesForceLogout: boolean
  /** One sentence for each thing that goes on afterwards. */
  doesNotEnd: readonly string[]
}

/** What the engine knows of live keys. A key holds the live session id: it stays in memory. */
export interface LiveKeys {
  /** The keys of sessions that are in Redis now; the others are left out. */
  resolve(sessionIds: readonly SessionId[]): Promise<ReadonlyMap<SessionId, { key: RedisKey; profile: string }>>
  /** The session that a key holds or held. Throws POSTGRES_UNAVAILABLE while ids cannot be hashed. */
  sessionOf(key: RedisKey): SessionId
  /** The live session id, as the application knows it. */
  liveIdIn(key: RedisKey): string
  /** Facts of a profile by its name; null for one that this program does not know. */
  facts(profile: string): StoreFacts | null
}

export interface RevocationDeps {
  redis: RedisConnection
  database: Database
  config: Config
  signals: SignalBus
  problems: Problems
  log: Logger
  trail: AdminTrail
  liveKeys: LiveKeys
  /** Name under which acts are recorded. */
  actor: string
}
