import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { percentile, round1 } from '../median.ts'
import type { DrainProcess } from './drain-process.ts'
import { fillQueue } from './items.ts'

/** Between two critical events: they are rare, and each is to be timed by itself. */
const everyMs = 25

export interface CriticalLatency {
  samples: number
  /** Milliseconds from the push of a critical event to the moment that it is stored, and its batch acknowledged. */
  p50Ms: number
  p99Ms: number
  maxMs: number
}

/** Pushes critical events, one by one, for as long as the drain is busy with a backlog. */
export async function timeCritical(redis: Redis, drain: DrainProcess, backlog: number): Promise<CriticalLatency> {
  const pushed = new Map<string, number>()
  const latencies: number[] = []
  drain.onCritical((eventId, atMs) => {
    const pushedMs = pushed.get(eventId)
    if (pushedMs !== undefined) latencies.push(atMs - pushedMs)
  })
  await fillQueue(redis, backlog)
  drain.start()
  // The first claims compile what they run.
  await sleep(300)
  while ((await redis.llen('audit:queue')) > 0) {
    const eventId = `critical-${pushed.size}`
    pushed.set(eventId, performance.timeOrigin + performance.now())
    await redis.rpush('audit:critical', JSON.stringify({ event_type: 'permanent_ban_applied', event_id: eventId }))
    await sleep(everyMs)
  }
  while (latencies.length < pushed.size) await sleep(everyMs)
  await drain.stop()
  return {
    samples: latencies.length,
    p50Ms: round1(percentile(latencies, 0.5)),
    p99Ms: round1(percentile(latencies, 0.99)),
    maxMs: round1(percentile(latencies, 1)),
  }
}
