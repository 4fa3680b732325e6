import { GatehouseError } from '../../../shared/errors.ts'
import type { RedisKey } from '../../../shared/model/ids.ts'
import type { MirrorContext } from './context.ts'
import { endDepartures, type Departure } from './departures.ts'
import { Intake } from './intake.ts'
import { load } from './load.ts'
import { writeDueLogins } from './logins.ts'
import { scanPages } from './source/scan.ts'
import { readServer } from './source/server.ts'
import { readTombstones } from './source/tombstones.ts'
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
  const { redis, database, memory } = context
  if (!memory.loaded) await load(context)
  const server = await readServer(redis)
  memory.round++
  await writeDueLogins(context)
  await distrustRevoked(context)

  const intake = new Intake(context)
  try {
    await intake.take(allKeys(context))
    // A key may be deleted and set again while SCAN passes by: those that it did not show are read once more.
    await intake.take([memory.known.notSeenIn(memory.round)])
  } finally {
    await intake.writer.settle()
  }

  const after = await readServer(redis)
  if (after.runId !== server.runId) {
    throw new GatehouseError('REDIS_UNAVAILABLE', 'Redis restarted during a scan: the scan is repeated.')
  }
  const departures = findDepartures(context)
  const ended = await endDepartures(context, departures, { ...after, settle })
  if (settle) await writeDueLogins(context)
  memory.runId = after.runId
  memory.sawAllAt = new Date(server.nowMs)
  if (memory.baseline === null) {
    await writeBaseline(database, new Date(after.nowMs))
    memory.baseline = new Date(after.nowMs)
  }
  const { scanned, problems, writer } = intake
  return { scanned, ...writer.counts, ended, problems, tookMs: performance.now() - startedMs }
}

/** Keys of all profiles, those of one prefix after those of another. */
async function* allKeys({ redis, config, profiles }: MirrorContext): AsyncGenerator<RedisKey[]> {
  for (const prefix of profiles.prefixes) {
    for await (const page of scanPages(redis, prefix, config.mirror.scanCount)) {
      yield page.filter((key) => profiles.prefixOf(key) === prefix)
    }
  }
}

/** Revoked sessions that are there again, perhaps with the very value that they had, are read and written anew. */
async function distrustRevoked({ redis, config, memory }: MirrorContext): Promise<void> {
  const nowMs = performance.now()
  for (const [sessionId, untilMs] of memory.revoked) if (untilMs < nowMs) memory.revoked.delete(sessionId)
  for (const key of await readTombstones(redis.client, config.redis.keys.revoked)) memory.known.distrust(key)
}

function findDepartures({ memory }: MirrorContext): Departure[] {
  const { known, keys, unclaimed, round } = memory
  const departures: Departure[] = []
  for (const key of known.notSeenIn(round)) {
    if (known.holdsSession(key)) {
      departures.push({ sessionId: keys.sessionOf(key), key, expiresAtMs: known.expiresAtMs(key) })
    } else known.remove(key)
  }
  for (const { sessionId, expiresAtMs } of unclaimed.values()) {
    departures.push({ sessionId, key: null, expiresAtMs: expiresAtMs ?? Infinity })
  }
  return departures
}
