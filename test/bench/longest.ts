import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { openMirrorWorld } from '../services/mirror-world.ts'
import { CommandWatch, type CommandSummary } from './command-watch.ts'
import { fillSessions } from './fill-sessions.ts'
import { stolenMs } from './own-core.ts'

export interface LongestBench {
  sessions: number
  /** Whether Redis ran alone on its core: if not, what it lists is also what the machine did meanwhile. */
  ownCore: boolean
  /** Of the first reconcile, of one that finds nothing changed, and of one by an engine that has just started. */
  json: Watched
  hashes: Watched
}
/** `stolenMs`: in which Redis's core ran something else than this machine; what is listed then is no command's fault. */
type Watched = CommandSummary & { stolenMs: number | null }

/**
 * Which command of the mirror holds Redis longest, beside how many sessions: rates do not matter here.
 * @param ownCore whether Redis has been given a core of its own
 * @param say told of each measurement when it is there: a million sessions take their time
 */
export async function benchLongest(
  { redisUrl, postgresUrl }: { redisUrl: string; postgresUrl: string },
  { sessions, ownCore, say }: { sessions: number; ownCore: boolean; say: (text: string) => void },
): Promise<LongestBench> {
  const redis = new Redis(redisUrl)
  const liveIds = Array.from({ length: sessions }, () => randomBytes(18).toString('base64url'))
  async function watchReconciles(type: 'string' | 'hash'): Promise<Watched> {
    await redis.flushall()
    await fillSessions(redis, liveIds, type)
    const world = await openMirrorWorld({ redisUrl, postgresUrl })
    const watch = new CommandWatch(redis)
    const before = stolenMs()
    try {
      await watch.begin()
      for (const mirror of [world.mirror, world.mirror, world.restarted()]) {
        const { scanned } = await mirror.reconcile()
        if (scanned !== sessions) throw new Error(`The mirror found ${scanned} of ${sessions} sessions`)
      }
      await watch.end()
    } finally {
      await world.close()
    }
    const after = stolenMs()
    const watched = { ...watch.summary(), stolenMs: after === null || before === null ? null : after - before }
    say(`${sessions} sessions, ${type}: ${JSON.stringify(watched)}`)
    return watched
  }
  try {
    return { sessions, ownCore, json: await watchReconciles('string'), hashes: await watchReconciles('hash') }
  } finally {
    redis.disconnect()
  }
}
