import type { Redis } from 'ioredis'
import type { ConnectionState } from '../../../shared/model/system.ts'

/** The engine's Redis: one shared client for commands, more for what blocks or subscribes. */
export interface RedisConnection {
  /** For ordinary commands. While Redis is away a command fails at once with REDIS_UNAVAILABLE (no offline queue). */
  readonly client: Redis
  /** Resolves once connected; rejects with the reason if the signal aborts first. */
  ready(signal?: AbortSignal): Promise<void>
  /** A client of its own with the same settings, for pub/sub or blocking reads; closed with this connection. */
  dedicated(name: string): Redis
  state(): ConnectionState
  onState(listener: (state: ConnectionState) => void): () => void
  close(): Promise<void>
}
