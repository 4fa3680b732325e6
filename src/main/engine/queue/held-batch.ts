import type { Batch } from './batch.ts'
import { decodeInSlices, type DecodedBatch } from './decode/batch.ts'
import type { QueueDeps } from './deps.ts'
import { startHeartbeat } from './heartbeat.ts'

/** A batch in a worker's hands: its lease is renewed from its claim until it is put down. */
export interface HeldBatch extends Batch {
  /** True once another has adopted it: nothing that is done for it here will count any more. */
  readonly lost: boolean
  /** Decodes it, once; tries again where that failed. Fails as decodeBatch does. */
  decoded(): Promise<DecodedBatch>
  /** Ends the renewing. Call it when the batch is stored, before the acknowledgement. */
  putDown(): void
  /** Ends it, and lets the next claim adopt the batch at once, unless another has it already. */
  giveBack(): Promise<void>
}

export function holdBatch(
  batch: Batch,
  { config, sessionIds, problems, log }: Pick<QueueDeps, 'config' | 'sessionIds' | 'problems' | 'log'>,
): HeldBatch {
  const heartbeat = startHeartbeat(batch, config.queue.leaseMs, log)
  let decoding: Promise<DecodedBatch> | null = null
  return {
    ...batch,
    get lost() {
      return heartbeat.lost
    },
    decoded() {
      decoding ??= decodeInSlices(batch, sessionIds, problems).catch((error: unknown) => {
        decoding = null
        throw error
      })
      return decoding
    },
    putDown: () => heartbeat.stop(),
    async giveBack() {
      heartbeat.stop()
      if (!heartbeat.lost) await batch.lease.release()
    },
  }
}
