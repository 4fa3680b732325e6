import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../shared/errors.ts'
import { blankEvent } from '../../../shared/model/event.ts'
import { EventId, type RedisKey, type SessionId } from '../../../shared/model/ids.ts'
import { writeEvents } from '../postgres/write-events.ts'
import type { RevocationDeps } from './deps.ts'
import { doSteps } from './do-steps.ts'

const lookEveryMs = 250
/** Tombstones looked at at once. */
const pageSize = 500

export interface GuardedSession {
  sessionId: string
  until: Date
  returns: number
  lastReturnAt: Date | null
}

export interface Guard {
  start(): void
  stop(): Promise<void>
  /** Looks once at everything under guard. Returns how many sessions had come back. */
  look(): Promise<number>
  list(): Promise<GuardedSession[]>
  /** How many times sessions came back and were removed again, since the engine started. */
  returnedSessions(): number
}

/**
 * Watches revoked sessions for the longest time a request of the application takes: one that is in flight saves its
 * session again when it ends (connect-redis issue 328). The tombstones lie in Redis (`audit:revoked`, by Redis time), so
 * that the watch goes on after a restart and in any engine.
 */
export function createGuard(deps: RevocationDeps): Guard {
  const { redis, config, log, problems, sessionOfKey } = deps
  const { revoked } = config.redis.keys
  const seen = new Map<RedisKey, { returns: number; lastReturnAt: Date }>()
  /** Returns that are removed but not on record yet, because PostgreSQL was away. */
  let unrecorded: { sessionId: SessionId; at: Date; returns: number }[] = []
  let returned = 0
  let running: { stop: AbortController; loop: Promise<void> } | null = null
  let last: Promise<unknown> = Promise.resolve()
  let next: Promise<number> | null = null

  async function guardedKeys(): Promise<{ key: RedisKey; untilMs: number }[]> {
    const now = await redis.client.time()
    const nowMs = Number(now[0]) * 1_000 + Math.trunc(Number(now[1]) / 1_000)
    await redis.client.zremrangebyscore(revoked, '-inf', nowMs)
    const flat = await redis.client.zrange(revoked, 0, '-1', 'WITHSCORES')
    const found = []
    for (let i = 0; i < flat.length; i += 2) found.push({ key: flat[i] as RedisKey, untilMs: Number(flat[i + 1]) })
    return found
  }

  /** Under the tombstone only: what is not guarded any more may live. Returns whether it was there and is gone. */
  async function removeGuarded(key: RedisKey): Promise<boolean> {
    return (await redis.client.zscore(revoked, key)) !== null && (await redis.client.del(key)) === 1
  }

  /**
   * One at a time, or a return would be put on record twice, and the one behind it not at all. Whoever asks while a look
   * is under way gets the next one.
   */
  function look(): Promise<number> {
    next ??= last.then(() => {
      next = null
      const looking = lookOnce()
      last = looking.catch(() => undefined)
      return looking
    })
    return next
  }

  async function lookOnce(): Promise<number> {
    const guarded = await guardedKeys()
    let count = 0
    for (let i = 0; i < guarded.length; i += pageSize) {
      const page = guarded.slice(i, i + pageSize)
      // Not a pipeline: in a Cluster the keys lie on several servers.
      const present = await Promise.all(page.map(({ key }) => redis.client.exists(key)))
      for (const [n, { key }] of page.entries()) {
        if (present[n] !== 1) continue
        const steps = await deps.stepsOf(key)
        if (!(await removeGuarded(key))) continue
        for (const failure of await doSteps(redis.client, steps)) {
          problems.report(
            'revocation',
            `of a session that came back: ${failure}`,
            sessionOfKey(key)?.slice(0, 12) ?? '',
          )
        }
        count++
        noteReturn(key)
      }
    }
    const watched = new Set(guarded.map(({ key }) => key))
    for (const key of seen.keys()) if (!watched.has(key)) seen.delete(key)
    await recordReturns()
    return count
  }

  function noteReturn(key: RedisKey): void {
    const at = new Date()
    const returns = (seen.get(key)?.returns ?? 0) + 1
    seen.set(key, { returns, lastReturnAt: at })
    returned++
    const sessionId = sessionOfKey(key)
    problems.report(
      'revocation',
      'a revoked session came back and was removed again',
      sessionId?.slice(0, 12) ?? 'unknown',
    )
    if (sessionId !== null) unrecorded.push({ sessionId, at, returns })
  }

  /** Puts each return on record: an act in the trail, and an event, because somebody used what had been taken away. */
  async function recordReturns(): Promise<void> {
    while (unrecorded[0] !== undefined) {
      const { sessionId, at, returns } = unrecorded[0]
      const event = {
        ...blankEvent({
          eventId: EventId.parse(`gatehouse:returned:${sessionId}:${at.getTime()}`),
          createdAt: at,
          kind: 'session',
          type: 'token_reuse',
          source: 'gatehouse',
        }),
        sessionId,
        metadata: { reason: 'the application saved the session again after its revocation', returns, removed: true },
      }
      try {
        const stored = await deps.database.transaction(async (tx) => (await writeEvents(tx, [event])).stored)
        await deps.trail.record({
          action: 'revoke_returned',
          reason: 'removed again by the guard',
          targetUser: null,
          sessionId,
          outcome: 'removed',
          details: { returns, at: at.toISOString() },
        })
        deps.signals.emit('stored', stored)
      } catch (error) {
        log.warn({ err: error }, 'a returned session is not on record yet; it is tried again')
        return
      }
      unrecorded = unrecorded.slice(1)
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await redis.ready(signal)
        await look()
      } catch (error) {
        if (!signal.aborted) log.warn(`the guard could not look: ${messageOf(error)}`)
      }
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    look,
    returnedSessions: () => returned,
    start() {
      if (running !== null) return
      const stop = new AbortController()
      running = { stop, loop: run(stop.signal) }
    },
    async stop() {
      running?.stop.abort()
      await running?.loop
      await last
      running = null
    },
    async list() {
      return (await guardedKeys()).map(({ key, untilMs }) => ({
        sessionId: sessionOfKey(key) ?? 'unknown',
        until: new Date(untilMs),
        returns: seen.get(key)?.returns ?? 0,
        lastReturnAt: seen.get(key)?.lastReturnAt ?? null,
      }))
    },
  }
}
