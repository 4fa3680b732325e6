import type { ConfigInput } from '../../../src/main/engine/config-schema.ts'
import { createDrain } from '../../../src/main/engine/queue/drain.ts'
import { createPublisher } from '../../../src/main/engine/queue/publish.ts'
import { openQueueWorld } from '../../services/queue-world.ts'

/** What one drain of all that waits took. */
export interface DrainReport {
  stored: number
  duplicates: number
  tookMs: number
  /** Of this process, all its threads. */
  cpuMs: number
  rssBytes: number
  peakRssBytes: number
}

export type DrainOrder = 'drain' | 'start' | 'stop'
/** `critical`: an event of audit:critical is stored and acknowledged, `atMs` by the machine's clock. */
export type DrainNews =
  | { ready: true }
  | { report: DrainReport }
  | { critical: string; atMs: number }
  | { stopped: true }

/**
 * A process that drains and nothing else, so that what it takes can be told from what the benchmark takes. The live feed
 * is on, as in the program. Its argument: addresses and settings of the queue as JSON.
 */
const { redis, postgres, queue } = JSON.parse(process.argv[2] ?? '') as {
  redis: string
  postgres: string
  queue: ConfigInput['queue']
}
const tell = (news: DrainNews) => void process.send?.(news)
const world = openQueueWorld({ redis, postgres }, queue)
await Promise.all([world.redis.ready(), world.database.ready()])
const publisher = createPublisher(world)
const drain = createDrain(world)
world.signals.on('stored', (events) => {
  const atMs = performance.timeOrigin + performance.now()
  for (const { source, eventId } of events) if (source === 'critical') tell({ critical: eventId, atMs })
})

async function drainAll(): Promise<DrainReport> {
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  const { stored, duplicates } = await drain.drainUntilEmpty()
  const tookMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(cpu)
  return {
    stored,
    duplicates,
    tookMs,
    cpuMs: (user + system) / 1_000,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1_024,
  }
}

async function obey(order: DrainOrder): Promise<void> {
  if (order === 'drain') tell({ report: await drainAll() })
  else if (order === 'start') drain.start()
  else {
    await drain.stop()
    tell({ stopped: true })
  }
}

process.on('message', (order: DrainOrder) => void obey(order))
process.once('disconnect', () => {
  void drain
    .stop()
    .then(() => publisher.close())
    .then(() => world.close())
})
tell({ ready: true })
