import type { RedisKey } from '../../../shared/model/ids.ts'
import type { MirrorContext } from './context.ts'
import { departuresOf, endDepartures, type Departure } from './departures.ts'
import { Intake, type KeyPage } from './intake.ts'
import { expiryToleranceMs } from './known-sessions.ts'
import { writeDueLogins } from './logins.ts'
import { distrustRevoked } from './revoked.ts'
import { readServer, type ServerNow } from './source/server.ts'

/** Keys read for one transaction. */
const pageSize = 1_000

/** Rows written. */
export interface Followed {
  changed: number
  created: number
  ended: number
}

/**
 * Makes the rows of the keys that hints named what Redis holds, by the same reading, writing and judging as a reconcile,
 * after at least one was complete. If that fails, the hints wait again.
 * @throws GatehouseError REDIS_UNAVAILABLE, POSTGRES_UNAVAILABLE
 */
export async function followHints(context: MirrorContext): Promise<Followed> {
  const intake = new Intake(context)
  try {
    await intake.take(hintPages(context, intake))
  } catch (error) {
    context.hints.putBack()
    throw error
  } finally {
    await intake.writer.settle()
  }
  return { ...intake.writer.counts, ended: intake.ended }
}

/** The hints that wait now, by the page. */
export function* hintPages(context: MirrorContext, intake: Intake): Generator<KeyPage> {
  const { hints, memory } = context
  for (let left = hints.waiting; left > 0 && hints.waiting > 0; left -= pageSize) {
    const keys = hints.take(pageSize)
    yield {
      keys,
      async settle(gone) {
        const missing = new Set(gone)
        // Those that were missed before and are there again.
        if (memory.absent.size > 0) {
          for (const key of keys) if (!missing.has(key)) memory.absent.delete(memory.keys.sessionOf(key))
        }
        intake.ended += await endGone(context, gone)
        hints.done(keys)
      },
    }
  }
}

async function endGone(context: MirrorContext, gone: readonly RedisKey[]): Promise<number> {
  if (gone.length === 0) return 0
  const server = await sameServer(context)
  if (server === null) return 0
  const departures = departuresOf(context, gone)
  // A scan that passed them before they were gone must not take them for there when it ends.
  for (const key of gone) context.memory.known.missed(key)
  return endDepartures(context, departures, { ...server, byScan: false, settle: false })
}

/** null: it is not the Redis that the last reconcile read, so that nothing follows from what it does not hold. */
async function sameServer({ redis, memory, hints }: MirrorContext): Promise<ServerNow | null> {
  const server = await readServer(redis)
  if (server.runId === memory.runId) return server
  hints.lose('Redis restarted or was exchanged')
  return null
}

/**
 * What a reconcile does beside its scan: stores logins that nobody reported, looks again for what is missing, and for
 * what was revoked or has expired, which Redis may name late.
 * @returns rows that ended, and in how many milliseconds the next session expires
 * @throws GatehouseError REDIS_UNAVAILABLE, POSTGRES_UNAVAILABLE
 */
export async function review(context: MirrorContext): Promise<{ ended: number; expiryInMs: number }> {
  const { config, memory, hints } = context
  await writeDueLogins(context, performance.now() - config.mirror.intervalMs)
  const server = await sameServer(context)
  if (server === null) return { ended: 0, expiryInMs: Infinity }
  hints.add(await distrustRevoked(context))
  // A key that was touched so little that its row was left alone lives a little longer than it says.
  const { expired, nextMs } = memory.known.expiries(memory.expiriesSeenToMs - 2 * expiryToleranceMs, server.nowMs)
  memory.expiriesSeenToMs = server.nowMs
  hints.add(expired)
  const ended = await lookAgain(context, server)
  return { ended, expiryInMs: nextMs - server.nowMs }
}

/** Sessions that were missed one interval ago: their keys are read again; who has none is still gone. */
async function lookAgain(context: MirrorContext, server: ServerNow): Promise<number> {
  const { memory, hints } = context
  // Then a reconcile sees to it, at every interval.
  if (memory.holding) return 0
  const keyless: Departure[] = []
  for (const [sessionId, { key, dueMs }] of memory.absent) {
    if (dueMs > performance.now()) continue
    const row = memory.unclaimed.get(sessionId)
    if (key !== null) hints.add([key])
    else if (row === undefined) memory.absent.delete(sessionId)
    else keyless.push({ sessionId, key, expiresAtMs: row.expiresAtMs ?? Infinity })
  }
  return keyless.length === 0 ? 0 : endDepartures(context, keyless, { ...server, byScan: false, settle: false })
}
