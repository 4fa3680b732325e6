import { fork } from 'node:child_process'
import { once } from 'node:events'
import { ConfigSchema } from '../../../src/main/engine/config-schema.ts'
import type { EngineClient } from '../../../src/shared/contract/index.ts'
import { startEngine } from '../../helpers/engine.ts'
import { waitFor } from '../../helpers/wait.ts'
import type { BenchServers } from '../drain.ts'
import { percentile, round1 } from '../median.ts'
import type { PushesAsked, PushTold } from './pushing-application.ts'

/**
 * From the push of the guess that is one too many to the alert in the hands of a client of the contract, which does as the
 * screen does: it follows the live status, and asks for alerts when that says that there are others. Engine and client are
 * in this process, the application in another, Redis and PostgreSQL in theirs.
 */
export async function benchReaction(
  { redisUrl, postgresUrl }: BenchServers,
  { eventsPerSecond, seconds }: { eventsPerSecond: number; seconds: number },
) {
  // As it is installed: the helper would look into the queue more often.
  const { queue } = ConfigSchema.parse({})
  const { client, stop } = await startEngine({
    redis: { url: redisUrl },
    postgres: { url: postgresUrl },
    queue: { idleMs: queue.idleMs },
  })
  const seenMs = new Map<string, number>()
  const ended = new AbortController()
  const following = followAlerts(client, ended.signal, (victim) => {
    if (!seenMs.has(victim)) seenMs.set(victim, Date.now())
  })
  const pushedMs = new Map<string, number>()
  let done: { pushed: number; tookMs: number } | null = null
  const application = fork(new URL('pushing-application.ts', import.meta.url))
  application.on('message', (told: PushTold) => {
    if ('attacked' in told) pushedMs.set(told.attacked, told.pushedMs)
    else done = told
  })
  const exited = once(application, 'exit')
  application.send({ redisUrl, eventsPerSecond, seconds, attacksPerSecond: 5 } satisfies PushesAsked)
  await exited
  if (done === null) throw new Error('the pushing application ended early')
  const { pushed, tookMs }: { pushed: number; tookMs: number } = done
  // What never comes is counted below.
  await waitFor(() => seenMs.size >= pushedMs.size, { what: 'all alerts', timeoutMs: 60_000 }).catch(() => undefined)
  ended.abort()
  await following
  await stop()
  const latencies = Array.from(pushedMs, ([victim, atMs]) => (seenMs.get(victim) ?? Number.NaN) - atMs)
  const known = latencies.filter((latency) => !Number.isNaN(latency))
  return {
    pushedPerSecond: Math.round((1_000 * pushed) / tookMs),
    attacks: latencies.length,
    neverSeen: latencies.length - known.length,
    latencyMs: {
      p50: round1(percentile(known, 0.5)),
      p95: round1(percentile(known, 0.95)),
      p99: round1(percentile(known, 0.99)),
    },
  }
}

async function followAlerts(client: EngineClient, signal: AbortSignal, found: (victim: string) => void): Promise<void> {
  let known = -1
  try {
    for await (const { revisions } of await client.system.live(undefined, { signal })) {
      if (revisions.alerts === known) continue
      known = revisions.alerts
      const { rows } = await client.alerts.list({ limit: 100 })
      for (const { ruleId, entity } of rows) if (ruleId === 'brute_force_account') found(entity)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
