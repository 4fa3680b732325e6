import type { Logger } from 'pino'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { SessionIds } from '../session-ids.ts'
import type { SignalBus } from '../signals.ts'

/** What the parts of the queue are given by the engine; each asks for as much of it as it needs. */
export interface QueueDeps {
  redis: RedisConnection
  database: Database
  config: Config
  sessionIds: SessionIds
  signals: SignalBus
  problems: Problems
  log: Logger
  /** Name of this engine among those on the same store. */
  engineId: string
  /** Called between COMMIT and acknowledgement, and awaited: a test holds a worker there. The program sets none. */
  afterCommit?: (batchId: string) => Promise<void>
}
