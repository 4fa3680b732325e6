import type { Logger } from 'pino'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import type { AdminTrail } from '../admin-trail.ts'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { RevocationStep } from '../revocation-step.ts'
import type { SignalBus } from '../signals.ts'

/** Where a live session lies. The key holds the live session id: it stays in memory. */
export interface LiveKey {
  key: RedisKey
  /** Name of the profile that reads it. */
  profile: string
  /** What goes before the key. */
  steps: readonly RevocationStep[]
}

export interface RevocationDeps {
  redis: RedisConnection
  database: Database
  config: Config
  signals: SignalBus
  problems: Problems
  log: Logger
  trail: AdminTrail
  /** Name under which acts are recorded. */
  actor: string
  /** Keys of the sessions that are in Redis; the others are left out. */
  resolveKeys(sessionIds: readonly SessionId[]): Promise<ReadonlyMap<SessionId, LiveKey>>
  /** What goes with a key that is there again. */
  stepsOf(key: RedisKey): Promise<readonly RevocationStep[]>
  /** The session that a key holds or held; null while ids cannot be hashed. */
  sessionOfKey(key: RedisKey): SessionId | null
  /** The live session id, as the application knows it. */
  liveIdOf(key: RedisKey): string
  /** What the profile of that name says of revocation. */
  profileRevocation(profile: string): { publishesForceLogout: boolean; doesNotEnd: readonly string[] }
}
