import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { backoffMs } from '../../../shared/backoff.ts'
import { messageOf } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Sample } from '../../../shared/model/system.ts'
import type { Problems } from '../problems.ts'
import type { SignalBus } from '../signals.ts'
import type { CacheStatus } from '../sqlite/cache-reader.ts'
import type { KeeperOrder, KeeperReport, KeeperTask } from './keeper-messages.ts'

/** Longer than a connection that does not answer takes to be cut. A thread that is ended goes on from its place the next time. */
const longestStopMs = 8_000
/** A thread that lived this long was healthy: the next end counts as the first. */
const healthyAfterMs = 60_000

/** It holds a page of events. V8 would take more for itself before it collects. */
const resourceLimits = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 }

export interface CacheKeeperDeps {
  /** The thread's entry. */
  readonly workerFile: string
  readonly task: KeeperTask
  readonly signals: SignalBus
  readonly problems: Problems
  readonly log: Logger
  /** What the cache holds before the thread has looked. */
  readonly status: CacheStatus
}

/** Writes the cache, in a thread of its own, which is started again should it end. */
export interface CacheKeeper {
  start(): void
  /** After the transaction that is under way. */
  stop(): Promise<void>
  putSample(sample: Sample): void
  /** Some seconds old. */
  status(): CacheStatus
}

export function createCacheKeeper(deps: CacheKeeperDeps): CacheKeeper {
  const { workerFile, task, signals, problems, log } = deps
  let { status } = deps
  let worker: Worker | null = null
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  const tell = (order: KeeperOrder): void => worker?.postMessage(order)
  const tellStored = (events: readonly AuditEvent[]): void => {
    tell({ kind: 'stored', eventIds: events.map(({ eventId }) => eventId) })
  }

  function hear(report: KeeperReport): void {
    if (report.kind === 'filled') signals.emit('filled', report.changes)
    else if (report.kind === 'storedElsewhere') signals.emit('storedElsewhere', report.events)
    else if (report.kind === 'problem') problems.report('cache', report.reason, report.key)
    else ({ status } = report)
  }

  /** One life of the thread. @returns why it ended */
  async function live(): Promise<string> {
    const thread = new Worker(workerFile, { workerData: task, name: 'cache', resourceLimits })
    let reason = 'no reason given'
    thread.on('message', hear).on('error', (error) => {
      reason = messageOf(error)
    })
    worker = thread
    await new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    worker = null
    return reason
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      const startedMs = performance.now()
      const reason = await live()
      if (signal.aborted) return
      if (performance.now() - startedMs > healthyAfterMs) attempt = 1
      problems.report('cache', 'the thread that keeps the cache ended, and is started again where it was', reason)
      log.error({ reason, attempt }, 'the thread that keeps the cache ended unexpectedly')
      await sleep(backoffMs(attempt), undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    start() {
      if (running !== null) return
      signals.on('stored', tellStored)
      running = run(stopping.signal)
    },
    async stop() {
      signals.off('stored', tellStored)
      stopping.abort()
      tell({ kind: 'stop' })
      const late = new AbortController()
      const ended = await Promise.race([
        running?.then(() => true) ?? true,
        sleep(longestStopMs, false, { signal: late.signal }).catch(() => true),
      ])
      late.abort()
      if (!ended) await worker?.terminate()
    },
    putSample(sample) {
      if (worker === null) problems.report('cache', 'a sample of the charts was lost', 'the cache is not being kept')
      else tell({ kind: 'sample', sample })
    },
    status: () => status,
  }
}
