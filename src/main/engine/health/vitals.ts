import type { ConnectionState } from '../../../shared/model/system.ts'

/** What health is judged by. null: not known, or nothing to measure. */
export interface Vitals {
  redis: ConnectionState['status']
  postgres: ConnectionState['status']
  /** Whether workers are meant to drain the queue in this engine. */
  draining: boolean
  workers: number
  /** Items that wait to be stored. */
  waiting: number | null
  queueLimit: number
  /** Items in audit:failed. */
  deadLetters: number | null
  /** Age of the oldest waiting item. */
  lagMs: number | null
  lastMinute: MinuteCounts
  redisP95Ms: number | null
  writeP95Ms: number | null
  /** Since the last complete reconcile; null where the mirror does not run, or has not finished its first. */
  mirrorAgeMs: number | null
  /** The age from which the mirror is late. */
  mirrorLateMs: number
}

/** Growth of counters over the last minute. */
export interface MinuteCounts {
  stored: number
  duplicates: number
  failed: number
  retried: number
  overflowed: number
  dropped: number
  /** Entries that left the stream before they were stored. */
  lost: number
  publishFailures: number
}
