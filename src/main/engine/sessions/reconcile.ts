import { GatehouseError } from '../../../shared/errors.ts'
import type { RedisKey } from '../../../shared/model/ids.ts'
import { allKeys } from './all-keys.ts'
import type { MirrorContext } from './context.ts'
import { departuresOf, endDepartures, type Departure } from './departures.ts'
import { hintPages } from './follow.ts'
import { Intake, type KeyPage } from './intake.ts'
import { expiryToleranceMs } from './known-sessions.ts'
import { load } from './load.ts'
import { writeDueLogins } from './logins.ts'
import { distrustRevoked } from './revoked.ts'
import { readServer } from './source/server.ts'
import { writeBaseline } from './store/baseline.ts'

export interface ReconcileResult {
  /** Sessions found in Redis. */
  scanned: number
  /** Rows written of sessions that were there before. */
  changed: number
  created: number
  ended: number
  problems: number
  tookMs: number
  /** Keys whose change the scan came upon. */
  found: readonly RedisKey[]
}

export interface ReconcileOptions {
  /** Nothing that is inferred waits for the next reconcile: for a caller that drained the queue and runs only once. */
  settle?: boolean
}

/**
 * Makes the rows what Redis holds. Everything is written by the batch, each with its events in one transaction; when it
 * fails half-way, what was not committed is found again by the next call. A session counts as gone only after a complete
 * scan by one and the same server, and only if its key is not there when it is read once more.
 * @throws GatehouseError REDIS_UNAVAILABLE, POSTGRES_UNAVAILABLE
 */
export async function reconcile(
  context: MirrorContext,
  { settle = false }: ReconcileOptions,
): Promise<ReconcileResult> {
  const startedMs = performance.now()
  const { redis, database, memory, hints } = context
  if (!memory.loaded) await load(context)
  const server = await readServer(redis)
  memory.round++
  await writeDueLogins(context)
  const distrusted = new Set(await distrustRevoked(context))
  // What hints say of another Redis than the one that is known says nothing of what is known.
  const follow = memory.sawAllAt !== null && memory.runId === server.runId
  hints.beginReconcile(follow)

  const intake = new Intake(context)
  try {
    await intake.take(pagesOf(context, follow ? intake : null))
    // A key may be deleted and set again while SCAN passes by: those that it did not show are read once more.
    await intake.take([{ keys: memory.known.notSeenIn(memory.round) }])
  } finally {
    await intake.writer.settle()
  }

  const after = await readServer(redis)
  if (after.runId !== server.runId) {
    throw new GatehouseError('REDIS_UNAVAILABLE', 'Redis restarted during a scan: the scan is repeated.')
  }
  const departures = findDepartures(context)
  const unseen = departures.filter(({ sessionId, expiresAtMs }) => {
    return !memory.absent.has(sessionId) && expiresAtMs > after.nowMs + expiryToleranceMs
  })
  const ended = await endDepartures(context, departures, { ...after, byScan: true, settle })
  if (settle) await writeDueLogins(context)
  memory.runId = after.runId
  memory.sawAllAt = new Date(server.nowMs)
  if (memory.baseline === null) {
    await writeBaseline(database, new Date(after.nowMs))
    memory.baseline = new Date(after.nowMs)
  }
  return {
    scanned: memory.known.sessionsSeenIn(memory.round),
    ...intake.writer.counts,
    ended: intake.ended + ended,
    problems: intake.problems,
    tookMs: performance.now() - startedMs,
    found: [...intake.found.filter((key) => !distrusted.has(key)), ...unseen.flatMap(({ key }) => key ?? [])],
  }
}

/** All keys, page by page of the scan; the hints that wait meanwhile go first, if `follow` is there to take them. */
async function* pagesOf(context: MirrorContext, follow: Intake | null): AsyncGenerator<KeyPage> {
  const { hintIntervalMs } = context.config.mirror
  let followedMs = performance.now()
  for await (const keys of allKeys(context)) {
    if (follow !== null && performance.now() - followedMs >= hintIntervalMs) {
      followedMs = performance.now()
      yield* hintPages(context, follow)
    }
    yield { keys }
  }
}

function findDepartures(context: MirrorContext): Departure[] {
  const { known, unclaimed, round } = context.memory
  const departures = departuresOf(context, known.notSeenIn(round))
  for (const { sessionId, expiresAtMs } of unclaimed.values()) {
    departures.push({ sessionId, key: null, expiresAtMs: expiresAtMs ?? Infinity })
  }
  return departures
}
