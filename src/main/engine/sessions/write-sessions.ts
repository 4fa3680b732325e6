import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { SessionId } from '../../../shared/model/ids.ts'
import { writeEvents } from '../postgres/write-events.ts'
import { changedEvent, lateLoginEvent } from './derive-events.ts'
import { previousSessions, type PreviousSession } from './store/previous-sessions.ts'
import { insertSessions, upsertSessions, type SessionChange } from './store/upsert-sessions.ts'

export interface WrittenSessions {
  stored: AuditEvent[]
  /** When each that was written was first seen in its present life. */
  firstSeen: Map<SessionId, Date>
  /** Those that began: new ones, and ended ones that are there again. */
  began: ReadonlySet<SessionId>
  /** Those that were revoked and are there again. */
  returned: ReadonlySet<SessionId>
  /** Calls to the application that the sessions counted since they were last written. */
  apiCalls: number
}

/**
 * Writes sessions that are new or changed, each once, with the events that follow from the change, in the caller's
 * transaction. The login of a session that began is not among them: it waits (logins.ts).
 * @param isThere asks Redis again, for sessions whose row says that they were revoked: their value may have been read
 * before that, and then they are left out
 */
export async function writeSessions(
  tx: PoolClient,
  changes: readonly SessionChange[],
  now: Date,
  isThere: (sessionId: SessionId) => Promise<boolean>,
): Promise<WrittenSessions> {
  // In one order, so that two engines that write the same sessions wait for each other instead of locking up.
  const sorted = changes.toSorted((a, b) => (a.facts.sessionId < b.facts.sessionId ? -1 : 1))
  // New ones go first and alone: looking for the rows of all of them would read half the table for each batch.
  const began = await insertSessions(
    tx,
    sorted.filter(({ isNew }) => isNew),
    now,
  )
  const rest = began.size === sorted.length ? [] : sorted.filter(({ facts }) => !began.has(facts.sessionId))
  const before = await previousSessions(
    tx,
    rest.map(({ facts }) => facts),
  )
  const returned = new Set<SessionId>()
  const left = new Set<SessionId>()
  for (const { sessionId, endReason } of before.values()) {
    if (endReason === 'revoked') ((await isThere(sessionId)) ? returned : left).add(sessionId)
  }
  const present = rest.filter(({ facts }) => !left.has(facts.sessionId))
  await upsertSessions(tx, present, now)
  const firstSeen = new Map<SessionId, Date>([...began].map((sessionId) => [sessionId, now]))
  const events: AuditEvent[] = []
  let apiCalls = sorted.reduce((sum, { facts }) => sum + (began.has(facts.sessionId) ? facts.apiCallCount : 0), 0)
  for (const { facts } of present) {
    const row = before.get(facts.sessionId)
    const begins = row === undefined || (row.endedAt !== null && row.endReason !== 'revoked')
    // A count that went down began anew.
    const counted = begins || facts.apiCallCount < row.apiCallCount ? 0 : row.apiCallCount
    apiCalls += facts.apiCallCount - counted
    firstSeen.set(facts.sessionId, begins ? now : row.firstSeen)
    if (begins) began.add(facts.sessionId)
    else if (row.endedAt === null) events.push(...eventsOfChange(row, facts, now))
  }
  const stored = events.length === 0 ? [] : (await writeEvents(tx, events)).stored
  return { stored, firstSeen, began, returned, apiCalls }
}

function eventsOfChange(before: PreviousSession, facts: SessionChange['facts'], now: Date): AuditEvent[] {
  // A session of nobody became somebody's: that is a login, and nothing that changed under a user's hands.
  if (before.userId === null && facts.userId !== null) return [lateLoginEvent(facts, now)]
  const changed = changedEvent(before, facts, now)
  return changed === null ? [] : [changed]
}
