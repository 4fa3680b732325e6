import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { digestFrom } from '../../src/main/engine/sessions/digest.ts'
import { KnownSessions } from '../../src/main/engine/sessions/known-sessions.ts'
import type { RedisKey } from '../../src/shared/model/ids.ts'
import { waitFor } from '../helpers/wait.ts'
import { openMirrorWorld } from '../services/mirror-world.ts'
import type { ChangesAsked, ChangesMade } from './changing-application.ts'
import { CommandWatch, type CommandSummary } from './command-watch.ts'
import { fillSessions, liveIdOf } from './fill-sessions.ts'
import { collectGarbage } from './garbage.ts'
import { percentile, round1 } from './median.ts'

export interface ChangesBench {
  sessions: number
  changesPerSecond: number
  seconds: number
  /** From before a change was sent to Redis until its row was seen in PostgreSQL, of one change in a hundred. */
  latencyMs: { p50: number; p99: number; longest: number; probes: number; neverSeen: number }
  /** Processor time of the mirror, in percent of one core, with one reconcile of all sessions in the middle. */
  cpuPercent: number
  reconcileMs: number
  hints: { received: number; dropped: number; missed: number }
  /** Memory that the known sessions take, their keys included. */
  bytesPerKnownSession: number
  commands: CommandSummary
}

/** Beside many sessions that rest, some change at a steady rate, and the mirror follows what Redis names. */
export async function benchChanges(
  servers: { redisUrl: string; postgresUrl: string },
  asked: { sessions: number; changesPerSecond: number; seconds: number },
): Promise<ChangesBench> {
  const { sessions, changesPerSecond, seconds } = asked
  const bytesPerKnownSession = measureKnown(sessions)
  const redis = new Redis(servers.redisUrl)
  await redis.flushall()
  await fillSessions(
    redis,
    Array.from({ length: sessions }, (_, n) => liveIdOf(n)),
    'string',
  )
  const world = await openMirrorWorld({ ...servers, mirror: { intervalMs: 5_000, trackedIntervalMs: 3_600_000 } })
  const { mirror } = world
  const watch = new CommandWatch(redis)
  try {
    mirror.start()
    await waitFor(() => Promise.resolve(mirror.state().tracking.following), { what: 'the mirror', timeoutMs: 600_000 })
    // What it cost to write them all is not to be paid while changes are timed.
    await world.database.query('ANALYZE redis_sync_sessions')
    await world.database.query('CHECKPOINT')
    await watch.begin()
    const cpuBefore = process.cpuUsage()
    const startMs = performance.now()
    const [made, { tookMs: reconcileMs }] = await Promise.all([
      runApplication({ ...servers, sessions, changesPerSecond, seconds }),
      sleep(seconds * 500).then(() => mirror.reconcile()),
    ])
    const cpu = process.cpuUsage(cpuBefore)
    const tookUs = (performance.now() - startMs) * 1_000
    await watch.end()
    const { receivedHints, droppedHints, missedHints } = mirror.counters()
    return {
      sessions,
      changesPerSecond: Math.round(made.changes / (made.tookMs / 1_000)),
      seconds,
      latencyMs: {
        p50: round1(percentile(made.latenciesMs, 0.5)),
        p99: round1(percentile(made.latenciesMs, 0.99)),
        longest: round1(Math.max(...made.latenciesMs)),
        probes: made.latenciesMs.length,
        neverSeen: made.neverSeen,
      },
      cpuPercent: round1(((cpu.user + cpu.system) / tookUs) * 100),
      reconcileMs: Math.round(reconcileMs),
      hints: { received: receivedHints, dropped: droppedHints, missed: missedHints },
      bytesPerKnownSession,
      commands: watch.summary(),
    }
  } finally {
    await mirror.stop()
    await world.close()
    redis.disconnect()
  }
}

async function runApplication(asked: ChangesAsked): Promise<ChangesMade> {
  const application = fork(new URL('changing-application.ts', import.meta.url))
  application.send(asked)
  const [made] = (await once(application, 'message')) as [ChangesMade]
  return made
}

/** Bytes a session, of heap and of buffers: each key is a text of its own, as the driver makes it. */
function measureKnown(sessions: number): number {
  const used = () => {
    collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const digest = digestFrom(Buffer.alloc(16, 1))
  const known = new KnownSessions()
  const before = used()
  for (let n = 0; n < sessions; n++) {
    const key = Buffer.from(`session:${liveIdOf(n)}`).toString() as RedisKey
    known.put(key, { digest, expiresAtMs: 2e12, hash: false, session: { lastActiveMs: 1e12 } }, 1)
  }
  const after = used()
  if (known.sessions !== sessions) throw new Error('Two ids are one')
  return Math.round((after - before) / sessions)
}
