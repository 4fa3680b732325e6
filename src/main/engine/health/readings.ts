import type { QueueName } from '../../../shared/model/queue.ts'
import type { ConnectionState, EngineCounters, Problem, TrackingState } from '../../../shared/model/system.ts'

/** What the other parts know of themselves now; null where it is not known. */
export interface Readings {
  redis: ConnectionState['status']
  postgres: ConnectionState['status']
  activeSessions: number | null
  /** Items in each queue. */
  queues: Readonly<Record<QueueName, number>> | null
  /** Items in all of them that wait to be stored. */
  waiting: number | null
  /** Age of the oldest waiting item. */
  syncLagMs: number | null
  mirror: { currentAt: Date | null; lastDurationMs: number | null; tracking: TrackingState }
  /** Whether this engine's mirror and watcher run, of all on the store. */
  leads: boolean
  counters: EngineCounters
  openAlerts: number
  cache: { bytes: number; events: number }
  problems: readonly Pick<Problem, 'area' | 'count'>[]
}
