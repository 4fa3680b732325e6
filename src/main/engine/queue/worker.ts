import { setTimeout as sleep } from 'node:timers/promises'
import { backoffMs } from '../../../shared/backoff.ts'
import { messageOf } from '../../../shared/errors.ts'
import { urgently } from '../giving-way.ts'
import type { Database } from '../postgres/database.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { DecodedBatch } from './decode/batch.ts'
import type { QueueDeps } from './deps.ts'
import { encodeFailed } from './failed-item.ts'
import { holdBatch, type HeldBatch } from './held-batch.ts'
import { originsOf } from './origin.ts'
import { createSource, type Lane } from './sources.ts'
import { storeBatch, type EarlierTries, type StoredBatch } from './store-batch.ts'
import type { DrainTally } from './tally.ts'
import type { Turns } from './turns.ts'

/** How a run of workers is ended. */
export interface RunControl {
  /** No further batch is claimed, and nothing that fails is tried again. */
  stopping: AbortSignal
  /** What is under way is left where it is; the next owner finds it. */
  abandoning: AbortSignal
  /** Called when there is nothing to claim; returns when it may have changed, false to end. */
  whenIdle: () => Promise<boolean>
}

/** Items that are decoded and stored in one piece. */
const fewItems = 100
const atOnce = <T>(work: () => Promise<T>): Promise<T> => work()

/**
 * One worker: claims a batch, decodes it, stores it, acknowledges it, and again. While PostgreSQL stores one batch it claims
 * and decodes the next, so it holds two at most, and stores them in the order of their claims. One for critical items
 * holds one: what it claimed ahead would wait for the batch before, though another worker is free.
 * @param owner its alone, in all engines and in all their lives
 * @returns runs it until `control` ends it; whatever fails meanwhile is reported and tried again
 */
export function createWorker(
  deps: QueueDeps,
  tally: DrainTally,
  turns: Turns,
  { owner, lane }: { owner: string; lane: Lane },
): (control: RunControl) => Promise<void> {
  const { redis, database, signals, problems, log } = deps
  const source = createSource(deps, owner, lane, {
    onLost: (entries) => (tally.lostEntries += entries),
    isModest: turns.isCriticalExpected,
  })
  const inFront = lane === 'critical' ? urgently : atOnce
  const inTurn = lane === 'critical' ? atOnce : turns.take
  /** Duplicates come in crowds, when a producer repeats what it sent: after one batch with some, the next has them too. */
  let lookFirst = false

  async function run(control: RunControl): Promise<void> {
    let ahead: Promise<HeldBatch | null> | null = null
    let failures = 0
    while (!control.stopping.aborted) {
      try {
        await untilConnected(redis, control.stopping)
        await untilConnected(database, control.stopping)
        const claimed = ahead
        ahead = null
        // Ahead, nothing may have been found long ago: only a look now says that nothing waits.
        const held = (await claimed) ?? (await inFront(hold))
        if (held !== null) {
          if (lane !== 'critical') ahead = holdAhead()
          // A crowd of critical items would wait for itself.
          const rank = held.items.length <= fewItems ? inFront : atOnce
          await rank(() => workOff(held, control))
        } else if (!(await control.whenIdle())) return
        failures = 0
      } catch (error) {
        if (control.stopping.aborted) break
        problems.report('queue', 'the drain met a failure and goes on', messageOf(error))
        log.warn({ err: error, owner }, 'the drain met a failure and goes on')
        await pause(backoffMs(++failures), control.stopping)
      }
    }
    // A claim that failed holds nothing; a release that fails leaves the batch to the end of its lease.
    await ahead
      ?.then((held) => held?.giveBack())
      .catch((err: unknown) => log.debug({ err, owner }, 'nothing to give back'))
  }

  async function hold(): Promise<HeldBatch | null> {
    const batch = await source.claim()
    if (batch === null) return null
    if (lane === 'critical') turns.criticalCame()
    if (batch.adopted) tally.adoptedBatches++
    tally.overflowEvents += batch.overLimit
    return holdBatch(batch, deps)
  }

  /** Claims and decodes while something else is awaited; a failure is met by whoever awaits this. */
  function holdAhead(): Promise<HeldBatch | null> {
    const ahead = hold().then(async (held) => {
      // A batch that does not decode is still held: the failure is met again, and told, when it is its turn.
      await held?.decoded().catch(() => undefined)
      return held
    })
    ahead.catch(() => undefined)
    return ahead
  }

  async function workOff(held: HeldBatch, control: RunControl): Promise<void> {
    let result: StoredBatch | null = null
    try {
      result = await storeUntilDone(held, control)
    } finally {
      held.putDown()
    }
    if (result === null) await held.giveBack()
    else await settle(held, result)
  }

  /** @returns null when the batch was given up: the run is ending, or another owner has the batch */
  async function storeUntilDone(held: HeldBatch, control: RunControl): Promise<StoredBatch | null> {
    const { batchId, items } = held
    const earlier: EarlierTries = { unanswered: null }
    for (let attempt = 1; !held.lost && !control.stopping.aborted; attempt++) {
      try {
        await untilConnected(database, control.stopping)
        const decoded = await held.decoded()
        let startedMs = 0
        const storing = inTurn(() => {
          control.abandoning.throwIfAborted()
          startedMs = performance.now()
          return storeBatch(database, owner, batchId, decoded, earlier, { lookFirst })
        })
        const result = await unlessAborted(storing, control.abandoning)
        signals.emit('batchStored', {
          items: items.length,
          tookMs: performance.now() - startedMs,
          lagMs: ageOfOldest(decoded),
        })
        return result
      } catch (error) {
        if (control.stopping.aborted) return null
        tally.retriedBatches++
        problems.report('queue', 'a batch could not be stored and is tried again', `${batchId}: ${messageOf(error)}`)
        log.warn({ err: error, batchId, attempt }, 'a batch could not be stored and is tried again')
        // While PostgreSQL is away the wait for its return is enough.
        if (database.state().status === 'connected') await pause(backoffMs(attempt), control.stopping)
      }
    }
    return null
  }

  async function settle(batch: HeldBatch, result: StoredBatch): Promise<void> {
    tally.storedEvents += result.stored.length
    tally.duplicateEvents += result.duplicates
    lookFirst = result.duplicates > 0
    await deps.afterCommit?.(batch.batchId)
    const failedAt = new Date()
    const originOf = originsOf(batch)
    const letters = result.failed.flatMap(({ index, reason }) => {
      const bytes = batch.items[index]
      if (bytes === undefined) return []
      return [{ index, entry: encodeFailed(batch.batchId, originOf(index), bytes, reason, failedAt) }]
    })
    try {
      if (await batch.lease.acknowledge(letters)) {
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

/** Asks the state first: each wait leaves a listener on the signal, and this runs with every batch. */
async function untilConnected(store: RedisConnection | Database, signal: AbortSignal): Promise<void> {
  if (store.state().status !== 'connected') await store.ready(signal)
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
