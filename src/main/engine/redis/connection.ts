import type { Cluster, Redis } from 'ioredis'
import type { ConnectionState } from '../../../shared/model/system.ts'

/** What takes commands: one server, or a Cluster, which sends each to the server that holds its keys. */
export type RedisCommands = Redis | Cluster

/** The engine's Redis: one shared client for commands, more for what blocks or subscribes. */
export interface RedisConnection {
  /** For ordinary commands. While Redis is away a command fails at once with REDIS_UNAVAILABLE (no offline queue). */
  readonly client: RedisCommands
  /** A Cluster: the keys of one command, script or transaction must lie in one slot. */
  readonly isCluster: boolean
  /** Every server that holds keys of its own: the masters of a Cluster by address, else the one that `client` speaks to. */
  nodes(): readonly Redis[]
  /** Called when nodes() may have changed: a failover, a server added or removed. Never called but for a Cluster. */
  onNodes(listener: () => void): () => void
  /** Resolves once connected; rejects with the reason if the signal aborts first. */
  ready(signal?: AbortSignal): Promise<void>
  /**
   * A client of its own with the same settings, for pub/sub or blocking reads; closed with this connection.
   * @param node one of nodes(), which it stays with; where none is given, any: a message is published to all of them
   */
  dedicated(name: string, node?: Redis): Redis
  state(): ConnectionState
  onState(listener: (state: ConnectionState) => void): () => void
  close(): Promise<void>
}
