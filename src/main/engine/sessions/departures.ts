import type { AuditEvent } from '../../../shared/model/event.ts'
import type { RedisKey, SessionId } from '../../../shared/model/ids.ts'
import { writeEvents } from '../postgres/write-events.ts'
import { sessionStart } from '../session-start.ts'
import type { Absence, MirrorContext } from './context.ts'
import { endEvent } from './derive-events.ts'
import { earliest } from './earliest.ts'
import { holdsEnds } from './held-ends.ts'
import { expiryToleranceMs } from './known-sessions.ts'
import { readTombstones } from './source/tombstones.ts'
import { endEvidence } from './store/end-evidence.ts'
import { endSessions, type SessionEnd } from './store/end-sessions.ts'
import type { SessionRow } from './store/session-row.ts'

/** Rows of one transaction. */
const batchSize = 1_000

/** A session that is not where it was. */
export interface Departure {
  sessionId: SessionId
  /** null: the engine started after it left, and only its row is known. */
  key: RedisKey | null
  /** Infinity: it would never have expired. */
  expiresAtMs: number
}

interface JudgedEnd extends SessionEnd {
  departure: Departure
  absence: Absence
  /** Somebody else's record says so; without one the end is the mirror's own inference, and an event tells of it. */
  onRecord: boolean
}

/** The sessions that keys held which are gone. What else they held is forgotten. */
export function departuresOf({ memory }: MirrorContext, keys: readonly RedisKey[]): Departure[] {
  const { known } = memory
  const departures: Departure[] = []
  for (const key of keys) {
    if (!known.holdsSession(key)) known.remove(key)
    else departures.push({ sessionId: memory.keys.sessionOf(key), key, expiresAtMs: known.expiresAtMs(key) })
  }
  return departures
}

export interface Missed {
  /** Redis's clock after the sessions were missed. */
  nowMs: number
  runId: string | null
  /**
   * A complete scan missed them, and these are all that are gone. Else they were looked for one by one, and what an
   * earlier look missed is still gone.
   */
  byScan: boolean
  /** There is no next look. */
  settle: boolean
}

/**
 * Ends the sessions that are gone, each for the reason that the evidence gives, in this order: revoked in Gatehouse; an
 * end that the application reported; its time had passed (`expired`); else `logout`. The last is inferred from nothing,
 * so it waits until the session is missed again, one interval later or by the next reconcile: by then the queue may have
 * told more.
 * @returns how many rows ended
 */
export async function endDepartures(
  context: MirrorContext,
  departures: readonly Departure[],
  missed: Missed,
): Promise<number> {
  const { memory } = context
  const { certain, inferred } = await judge(context, departures, missed)
  if (missed.byScan) keepOnly(memory.absent, inferred)
  else for (const { sessionId } of certain) memory.absent.delete(sessionId)
  const wasMissed = new Set(memory.absent.keys())
  for (const { sessionId, absence } of inferred) memory.absent.set(sessionId, absence)
  const live = memory.known.sessions + memory.unclaimed.size
  const held = await holdsEnds(context, { gone: memory.absent.size, live, runId: missed.runId })
  const nowMs = performance.now()
  const due = inferred.filter(
    ({ sessionId, absence }) => !held && (missed.settle || (wasMissed.has(sessionId) && absence.dueMs <= nowMs)),
  )
  return write(context, [...certain, ...due], missed.nowMs)
}

function keepOnly(absent: Map<SessionId, Absence>, ends: readonly JudgedEnd[]): void {
  const missing = new Set(ends.map(({ sessionId }) => sessionId))
  for (const sessionId of absent.keys()) if (!missing.has(sessionId)) absent.delete(sessionId)
}

async function judge(
  { redis, database, config, memory }: MirrorContext,
  departures: readonly Departure[],
  { nowMs, byScan }: Missed,
): Promise<{ certain: JudgedEnd[]; inferred: JudgedEnd[] }> {
  const judged = { certain: [] as JudgedEnd[], inferred: [] as JudgedEnd[] }
  if (departures.length === 0) return judged
  const revoked = await readTombstones(redis.client, config.redis.keys.revoked)
  for (let from = 0; from < departures.length; from += batchSize) {
    const page = departures.slice(from, from + batchSize)
    const records = await endEvidence(
      database,
      page.map(({ sessionId }) => sessionId),
    )
    for (const departure of page) {
      const { sessionId, key, expiresAtMs } = departure
      const absence = memory.absent.get(sessionId) ?? {
        since: new Date(nowMs),
        knownAt: memory.sawAllAt,
        key,
        dueMs: byScan ? 0 : performance.now() + config.mirror.intervalMs,
      }
      const end = (reason: SessionEnd['reason'], at: Date, onRecord: boolean): JudgedEnd => ({
        departure,
        absence,
        sessionId,
        reason,
        at,
        onRecord,
      })
      const record = records.get(sessionId)
      if (memory.revoked.has(sessionId) || (key !== null && revoked.has(key))) {
        judged.certain.push(end('revoked', record?.at ?? absence.since, true))
      } else if (record !== undefined) judged.certain.push(end(record.reason, record.at, true))
      else if (expiresAtMs <= absence.since.getTime() + expiryToleranceMs) {
        judged.certain.push(end('expired', new Date(expiresAtMs), false))
      } else judged.inferred.push(end('logout', absence.since, false))
    }
  }
  return judged
}

/** What is known is given up after each COMMIT: what was not committed is found missing again. */
async function write(context: MirrorContext, ends: readonly JudgedEnd[], nowMs: number): Promise<number> {
  const { database, signals, publish } = context
  let ended = 0
  for (let from = 0; from < ends.length; from += batchSize) {
    const page = ends.slice(from, from + batchSize)
    const { rows, stored } = await database.transaction(async (tx) => {
      const endedRows = await endSessions(tx, page, new Date(nowMs))
      const events = eventsOf(page, endedRows)
      const knownAt = earliest(page.map(({ absence }) => absence.knownAt))
      const written = events.length === 0 ? [] : (await writeEvents(tx, events, { knownAt })).stored
      return { rows: endedRows, stored: written }
    })
    for (const { departure } of page) forget(context, departure)
    ended += rows.length
    const began = new Map(rows.map((row) => [row.sessionId, sessionStart(row)]))
    signals.emit(
      'sessionsEnded',
      page.flatMap(({ sessionId, at }) => {
        const start = began.get(sessionId)
        return start === undefined ? [] : [{ began: start, ended: at }]
      }),
    )
    publish(stored, rows.length)
  }
  return ended
}

function eventsOf(ends: readonly JudgedEnd[], rows: readonly SessionRow[]): AuditEvent[] {
  const byId = new Map(rows.map((row) => [row.sessionId, row]))
  return ends.flatMap(({ sessionId, reason, at, onRecord }) => {
    const row = byId.get(sessionId)
    if (onRecord || reason === 'revoked' || row === undefined) return []
    // Nobody was logged in to a session without a user, so nobody was logged out.
    return row.userId === null ? [] : [endEvent(row, reason, at)]
  })
}

function forget({ memory, hints }: MirrorContext, { sessionId, key }: Departure): void {
  memory.unclaimed.delete(sessionId)
  memory.absent.delete(sessionId)
  if (key === null) return
  memory.known.remove(key)
  memory.keys.forget(key)
  memory.principals.forget(key)
  // One of the keys that named the same session may stand for it now.
  for (const duplicate of memory.duplicates) memory.known.remove(duplicate)
  hints.add(memory.duplicates)
  memory.duplicates.clear()
}
