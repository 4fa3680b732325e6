import type { QueueName } from '../../shared/model/queue.ts'
import type { LiveStatus, StatusSplit } from '../../shared/model/system.ts'
import type { Inspection } from './queue/inspect.ts'
import type { ProducerCounters } from './queue/producer-counters.ts'
import type { SignalBus } from './signals.ts'
import { throttled, Wake } from './throttle.ts'

/** What is looked up rather than pushed: how the queues stand, how many alerts wait. */
const refreshMs = 1_000
const slowRefreshMs = 10_000

type Looked = Pick<LiveStatus, 'syncLagMs' | 'openAlerts'> & {
  depths: Record<QueueName, number> | null
  producers: ProducerCounters
}

export interface LiveStatusDeps {
  signals: SignalBus
  inspection: Inspection
  /** Alerts in state `new`; null while that cannot be known. */
  countOpenAlerts: () => Promise<number | null>
  cacheStatus: () => LiveStatus['cache']
  /** What each part knows of itself now. */
  parts: () => Pick<
    LiveStatus,
    'redis' | 'postgres' | 'mirror' | 'leadership' | 'latencies' | 'counters' | 'sample' | 'problems' | 'readOnly'
  > & {
    statusSplit: StatusSplit | null
  }
  onConnectionChange: (listener: () => void) => void
}

/** The state of everything, kept fresh, and a word to whoever watches when it changed. */
export interface LiveStatusBoard {
  /** The state now, then on change, at most 10 times a second and at least every second, until the signal aborts. */
  stream(signal: AbortSignal | undefined): AsyncGenerator<LiveStatus, void, void>
  /** Items that wait in all queues. */
  queueDepth(): number | null
  /** What was looked up last. */
  looked(): Readonly<Looked>
  start(): void
  stop(): void
}

const waitingIn = (depths: Looked['depths']): number | null => depths && depths.queue + depths.critical + depths.stream

export function createLiveStatus(deps: LiveStatusDeps): LiveStatusBoard {
  const { signals, inspection } = deps
  const revisions = { sessions: 0, events: 0, alerts: 0, queues: 0 }
  const watchers = new Set<Wake>()
  let looked: Looked = {
    syncLagMs: null,
    openAlerts: 0,
    depths: null,
    producers: { overflowEvents: 0, droppedEvents: 0 },
  }
  let timers: NodeJS.Timeout[] = []

  const tell = (): void => {
    for (const wake of watchers) wake.now()
  }
  const bump = (name: keyof typeof revisions) => (): void => {
    revisions[name]++
    tell()
  }
  signals.on('sessionsChanged', bump('sessions'))
  signals.on('stored', bump('events'))
  signals.on('alert', bump('alerts'))
  signals.on('alertsTriaged', bump('alerts'))
  signals.on('suppressionsChanged', bump('alerts'))
  signals.on('failedChanged', bump('queues'))
  // What other engines stored or changed; this one's own is told by the signals above, and sooner.
  signals.on('filled', (changes) => {
    for (const name of ['events', 'sessions', 'alerts'] as const) if (changes[name] > 0) bump(name)()
  })
  deps.onConnectionChange(tell)

  async function lookAtQueues(): Promise<void> {
    try {
      const { queues, producers } = await inspection.status()
      const waiting = queues.filter(({ name }) => name !== 'failed')
      const depths = { queue: 0, critical: 0, stream: 0, failed: 0 }
      for (const { name, depth } of queues) depths[name] += depth
      const ages = waiting.flatMap(({ oldestAgeMs }) => oldestAgeMs ?? [])
      // An empty queue has no lag; an item that carries no time has one that nobody knows.
      const syncLagMs = waitingIn(depths) === 0 ? 0 : ages.length > 0 ? Math.max(...ages) : null
      if (waitingIn(depths) !== waitingIn(looked.depths)) revisions.queues++
      looked = { ...looked, syncLagMs, depths, producers }
    } catch {
      // Redis is away: its state says why, here it is unknown.
      looked = { ...looked, syncLagMs: null, depths: null }
    }
    tell()
  }

  async function lookSlowly(): Promise<void> {
    const openAlerts = await deps.countOpenAlerts()
    looked = { ...looked, openAlerts: openAlerts ?? looked.openAlerts }
  }

  const current = (): LiveStatus => {
    const { depths: _, ...known } = looked
    return { at: new Date(), ...deps.parts(), ...known, cache: deps.cacheStatus(), revisions: { ...revisions } }
  }

  return {
    async *stream(signal) {
      const wake = new Wake()
      watchers.add(wake)
      try {
        yield* throttled(wake, current, { atLeastEveryMs: refreshMs, signal })
      } finally {
        watchers.delete(wake)
      }
    },
    queueDepth: () => waitingIn(looked.depths),
    looked: () => looked,
    start() {
      signals.on('alert', () => void lookSlowly()).on('alertsTriaged', () => void lookSlowly())
      timers = [setInterval(() => void lookAtQueues(), refreshMs), setInterval(() => void lookSlowly(), slowRefreshMs)]
      void lookAtQueues()
      void lookSlowly()
    },
    stop() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
