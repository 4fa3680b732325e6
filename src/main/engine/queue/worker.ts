import { setTimeout as sleep } from 'node:timers/promises'
import { backoffMs } from '../../../shared/backoff.ts'
import { messageOf } from '../../../shared/errors.ts'
import { createClaim, type Batch } from './claim.ts'
import { decodeBatch, type DecodedBatch } from './decode/batch.ts'
import type { QueueDeps } from './deps.ts'
import { encodeFailed } from './failed-item.ts'
import { startHeartbeat, type Heartbeat } from './heartbeat.ts'
import { createLeaseHolder } from './lease.ts'
import { storeBatch, type StoredBatch } from './store-batch.ts'
import type { DrainTally } from './tally.ts'

/** How a run of workers is ended. */
export interface RunControl {
  /** No further batch is claimed, and nothing that fails is tried again. */
  stopping: AbortSignal
  /** What is under way is left where it is; the next owner finds it. */
  abandoning: AbortSignal
  /** Called when there is nothing to claim; returns when it may have changed, false to end. */
  whenIdle: () => Promise<boolean>
}

/**
 * One worker: claims a batch, decodes it, stores it, acknowledges it, and again. It holds one batch at most.
 * @param owner its alone, in all engines and in all their lives
 * @returns runs it until `control` ends it; whatever fails meanwhile is reported and tried again
 */
export function createWorker(
  deps: QueueDeps,
  tally: DrainTally,
  owner: string,
): (control: RunControl) => Promise<void> {
  const { redis, database, config, sessionIds, signals, problems, log, engineId } = deps
  const claim = createClaim(redis.client, config, problems, owner)
  const leases = createLeaseHolder(redis.client, config, owner)

  async function run(control: RunControl): Promise<void> {
    let failures = 0
    while (!control.stopping.aborted) {
      try {
        await untilConnected(control.stopping)
        const batch = await claim()
        if (batch !== null) await workOff(batch, control)
        else if (!(await control.whenIdle())) return
        failures = 0
      } catch (error) {
        if (control.stopping.aborted) return
        problems.report('queue', 'the drain met a failure and goes on', messageOf(error))
        log.warn({ err: error, owner }, 'the drain met a failure and goes on')
        await pause(backoffMs(++failures), control.stopping)
      }
    }
  }

  /** Asks the states first: each wait leaves a listener on the signal, and this runs with every batch. */
  async function untilConnected(signal: AbortSignal): Promise<void> {
    if (redis.state().status !== 'connected') await redis.ready(signal)
    if (database.state().status !== 'connected') await database.ready(signal)
  }

  async function workOff(batch: Batch, control: RunControl): Promise<void> {
    const { batchId } = batch
    if (batch.adopted) tally.adoptedBatches++
    const heartbeat = startHeartbeat(leases, batchId, config.queue.leaseMs, log)
    let result: StoredBatch | null
    try {
      result = await storeUntilDone(batch, heartbeat, control)
    } finally {
      heartbeat.stop()
    }
    if (result !== null) await settle(batch, result)
    else if (!heartbeat.lost) await leases.release(batchId)
  }

  /** @returns null when the batch was given up: the run is ending, or another owner has the batch */
  async function storeUntilDone(batch: Batch, heartbeat: Heartbeat, control: RunControl): Promise<StoredBatch | null> {
    let decoded: DecodedBatch | null = null
    for (let attempt = 1; ; attempt++) {
      try {
        decoded ??= decodeBatch(batch, sessionIds, problems)
        const startedMs = performance.now()
        const result = await unlessAborted(storeBatch(database, engineId, batch.batchId, decoded), control.abandoning)
        signals.emit('batchStored', {
          items: batch.items.length,
          tookMs: performance.now() - startedMs,
          lagMs: ageOfOldest(decoded),
        })
        return result
      } catch (error) {
        if (control.stopping.aborted) return null
        tally.retriedBatches++
        problems.report(
          'queue',
          'a batch could not be stored and is tried again',
          `${batch.batchId}: ${messageOf(error)}`,
        )
        log.warn({ err: error, batchId: batch.batchId, attempt }, 'a batch could not be stored and is tried again')
        await pause(backoffMs(attempt), control.stopping)
        if (heartbeat.lost || control.stopping.aborted) return null
      }
    }
  }

  async function settle(batch: Batch, result: StoredBatch): Promise<void> {
    tally.storedEvents += result.stored.length
    tally.duplicateEvents += result.duplicates
    const failedAt = new Date()
    const letters = result.failed.flatMap(({ index, reason }) => {
      const bytes = batch.items[index]
      return bytes === undefined ? [] : [encodeFailed(batch.batchId, index, bytes, reason, failedAt)]
    })
    try {
      if (await leases.acknowledge(batch.batchId, letters)) {
        tally.failedItems += letters.length
        if (letters.length > 0) signals.emit('failedChanged')
      } else {
        tally.lateAcknowledgements++
      }
    } finally {
      // Committed is committed, whatever became of the acknowledgement.
      if (result.stored.length > 0) signals.emit('stored', result.stored)
    }
  }

  return run
}

/**
 * Milliseconds since the oldest event of a batch happened: this machine's clock against the producers', as they wrote it
 * into `created_at`. An event without a time has that of its claim. null without an event.
 */
function ageOfOldest({ events }: DecodedBatch): number | null {
  if (events.length === 0) return null
  const oldestMs = events.reduce((least, { createdAt }) => Math.min(least, createdAt.getTime()), Infinity)
  return Math.max(0, Date.now() - oldestMs)
}

/** Waits; an end of the run cuts it short. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

/** The result of `work`, or the reason of the abort, whichever comes first. The work itself goes on unheard. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason as Error)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
