import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../shared/errors.ts'
import { defineScript } from '../redis/script.ts'
import type { QueueDeps } from './deps.ts'
import { queueGroups } from './groups.ts'
import { readMark, storeMark, type Rollback } from './stored-mark.ts'

/** What was lost between two marks alone cannot be seen. */
const markEveryMs = 1_000
/** As exact is what an engine can see that starts when none ran, and so late do others hear of what one found. */
const toldEveryMs = 10_000

/**
 * Moves the mark on: to Redis's time, and always forward, whatever its clock does.
 *
 * KEYS  1 audit:mark
 * Reply { how it stood, empty for not at all, how it stands }, both in ms as text
 */
const markScript = defineScript({
  name: 'mark',
  keys: 1,
  lua: `
    local before = redis.call('GET', KEYS[1])
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local after = string.format('%.0f', math.max(now, (tonumber(before or '') or 0) + 1))
    redis.call('SET', KEYS[1], after)
    return { before or '', after }
  `,
})

const wentBack =
  'Redis went back to an older state: what was pushed since and not stored is lost, and an event without an event_id may be stored twice'
const lostMark = 'Redis lost its mark: it was emptied, exchanged, or restored from before Gatehouse drained it'

export interface RollbackWatch {
  start(): void
  stop(): Promise<void>
  /** One look. @throws GatehouseError REDIS_UNAVAILABLE, POSTGRES_UNAVAILABLE */
  look(): Promise<void>
}

/**
 * Notices that Redis went back to an older state: it was restarted from an older copy of its files, or a replica took
 * over that had not received everything. Nobody can undo that, but it must not pass in silence. A mark in Redis, beside
 * the queue, moves with time; when it stands where it stood before, so does the queue. How far the mark had come is
 * remembered here, and in the audit store for engines that start later. Who finds a rollback notes it in the audit store,
 * because to all others the mark has moved on again.
 */
export function createRollbackWatch(
  deps: Pick<QueueDeps, 'redis' | 'database' | 'config' | 'problems' | 'log'>,
  storeEveryMs = toldEveryMs,
): RollbackWatch {
  const { redis, database, config, problems, log } = deps
  const marks = queueGroups(config.redis.keys, redis.isCluster).map(({ mark }) => createMark(mark))
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()

  function report({ seen, found }: Rollback): void {
    const until = new Date(seen).toISOString()
    const where = found === null ? `it had been there at ${until}` : `from ${until} to ${new Date(found).toISOString()}`
    problems.report('redis', found === null ? lostMark : wentBack, where)
    log.warn({ redis: redis.state().target, where }, found === null ? lostMark : wentBack)
  }

  function createMark(key: string) {
    let known: number | null = null
    /** Of the rollbacks that are noted in the audit store the last one that was reported here. */
    let reportedAt: number | null = null
    let loaded = false
    /** Not noted in the audit store yet. */
    let pending: Rollback | null = null
    let nextStoreMs = 0

    return async function move(): Promise<void> {
      const name = `${redis.state().target} ${key}`
      if (!loaded) {
        const past = await readMark(database, name)
        known = past?.mark ?? null
        reportedAt = past?.rollback?.at ?? null
        loaded = true
      }
      const [before, after] = (await markScript.run(redis.client, [key])) as [string, string]
      const found = before === '' ? null : Number(before)
      const at = Number(after)
      if (known !== null && (found ?? 0) < known) {
        pending = { seen: known, found, at }
        reportedAt = at
        report(pending)
      }
      known = at
      if (pending === null && performance.now() < nextStoreMs) return
      const noted = (await storeMark(database, name, at, pending)).rollback
      pending = null
      nextStoreMs = performance.now() + storeEveryMs
      if (noted !== null && noted.at > (reportedAt ?? 0)) {
        report(noted)
        reportedAt = noted.at
      }
    }
  }

  async function look(): Promise<void> {
    for (const move of marks) await move()
  }

  async function keepLooking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await redis.ready(signal)
        await look()
      } catch (error) {
        // The states of the connections say what is away.
        if (!signal.aborted) log.debug({ reason: messageOf(error) }, 'the mark in Redis was not moved')
      }
      await sleep(markEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    look,
    start: () => void (running = keepLooking(stopping.signal)),
    async stop() {
      stopping.abort()
      await running
    },
  }
}
