import type { Logger } from 'pino'
import type { Batch } from './batch.ts'

export interface Heartbeat {
  /** True once another has adopted the batch: nothing that is done for it here will count any more. */
  readonly lost: boolean
  stop(): void
}

/** Keeps a batch from being adopted while it is worked on, however long PostgreSQL takes. */
export function startHeartbeat({ batchId, lease }: Batch, leaseMs: number, log: Logger): Heartbeat {
  const heartbeat = { lost: false, stop: () => clearInterval(timer) }
  // A third: two beats may fail before the lease runs out.
  const timer = setInterval(() => {
    lease.renew().then(
      (held) => {
        if (!held) Object.assign(heartbeat, { lost: true }).stop()
      },
      (err: unknown) => log.debug({ err, batchId }, 'a lease could not be renewed, the next beat tries again'),
    )
  }, leaseMs / 3)
  return heartbeat
}
