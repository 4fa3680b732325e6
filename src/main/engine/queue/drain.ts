import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { rememberRecent } from '../session-ids.ts'
import { createCriticalBell } from './critical-bell.ts'
import type { QueueDeps } from './deps.ts'
import { heldBatches, type Lane } from './sources.ts'
import { addTally, newTally, type DrainTally } from './tally.ts'
import { createTurns } from './turns.ts'
import { createWorker, type RunControl } from './worker.ts'

/** A critical item that is pushed while another is stored need not wait for that. */
const criticalWorkers = 2
/** How long a stop waits for batches that are being stored, before it leaves them to the next owner. */
const stopWithinMs = 5_000

export interface Drain {
  /**
   * Starts `queue.workers` workers for the queue and two for critical items, which drain until stop(). Does nothing if they
   * run already.
   */
  start(): void
  /**
   * Ends them: what is being stored is finished, or after 5 s abandoned. Leases are given back, so that whoever starts
   * next need not wait for them to run out.
   */
  stop(): Promise<void>
  /**
   * Drains until nothing waits, and nothing is left that was claimed by then, by anyone: the batches of an engine that
   * died are adopted as soon as their leases run out. `heldElsewhere` counts batches that another engine keeps renewing.
   * @throws the signal's reason when it aborts first; what was stored until then stays
   */
  drainUntilEmpty(
    signal?: AbortSignal,
  ): Promise<{ stored: number; duplicates: number; failed: number; heldElsewhere: number }>
  counters(): Readonly<DrainTally>
}

export function createDrain(deps: QueueDeps): Drain {
  const { redis, config, engineId } = deps
  const total = newTally()
  const turns = createTurns()
  const shared = { ...deps, sessionIds: rememberRecent(deps.sessionIds) }
  let running: { stopping: AbortController; abandoning: AbortController; workers: Promise<unknown> } | null = null

  function runWorkers(
    tally: DrainTally,
    lanes: readonly Lane[],
    control: (lane: Lane) => RunControl,
  ): Promise<unknown> {
    const life = randomBytes(4).toString('hex')
    return Promise.all(
      lanes.map((lane, n) =>
        createWorker(shared, tally, turns, { owner: `${engineId}/${life}/${n + 1}`, lane })(control(lane)),
      ),
    )
  }
  const workersFor = (lane: Lane, length = config.queue.workers): Lane[] => Array.from({ length }, () => lane)

  function start(): void {
    if (running !== null) return
    const stopping = new AbortController()
    const abandoning = new AbortController()
    const pause = () => sleep(config.queue.idleMs, true, { signal: stopping.signal })
    const untilRung = () => {
      const bell = createCriticalBell(deps)
      stopping.signal.addEventListener('abort', () => bell.silence())
      return () => bell.rung().then(() => true)
    }
    const workers = runWorkers(total, [...workersFor('queue'), ...workersFor('critical', criticalWorkers)], (lane) => ({
      stopping: stopping.signal,
      abandoning: abandoning.signal,
      whenIdle: lane === 'critical' ? untilRung() : pause,
    }))
    running = { stopping, abandoning, workers }
  }

  async function stop(): Promise<void> {
    if (running === null) return
    const { stopping, abandoning, workers } = running
    running = null
    stopping.abort()
    const deadline = setTimeout(() => abandoning.abort(), stopWithinMs)
    await workers
    clearTimeout(deadline)
  }

  async function drainUntilEmpty(signal: AbortSignal = new AbortController().signal) {
    const tally = newTally()
    const heldElsewhere = new Set<string>()
    await runWorkers(tally, workersFor('both'), () => ({
      stopping: signal,
      abandoning: signal,
      whenIdle: outlastLeases(signal, heldElsewhere),
    }))
    addTally(total, tally)
    signal.throwIfAborted()
    const { storedEvents: stored, duplicateEvents: duplicates, failedItems: failed } = tally
    return { stored, duplicates, failed, heldElsewhere: heldElsewhere.size }
  }

  /** Has a worker wait for the batches that are held when it first finds nothing to claim, for two leases at most. */
  function outlastLeases(signal: AbortSignal, heldElsewhere: Set<string>): () => Promise<boolean> {
    let awaited: string[] | null = null
    let deadlineMs = 0
    return async () => {
      const leased = await heldBatches(redis, config)
      if (awaited === null) {
        awaited = [...leased]
        deadlineMs = performance.now() + 2 * config.queue.leaseMs
      }
      awaited = awaited.filter((batchId) => leased.has(batchId))
      if (awaited.length === 0) return false
      if (performance.now() < deadlineMs) return sleep(config.queue.idleMs, true, { signal })
      for (const batchId of awaited) heldElsewhere.add(batchId)
      return false
    }
  }

  return { start, stop, drainUntilEmpty, counters: () => ({ ...total }) }
}
