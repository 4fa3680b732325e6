import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { writeEvents } from '../postgres/write-events.ts'
import { changedEvent, lateLoginEvent } from './derive-events.ts'
import { previousSessions, type PreviousSession } from './store/previous-sessions.ts'
import { insertSessions, upsertSessions, type SessionChange } from './store/upsert-sessions.ts'

export interface WrittenSession<Change> {
  change: Change
  /** In its present life. */
  firstSeen: Date
  /** It is new, or ended and is there again. */
  began: boolean
  /** It was revoked and is there again. */
  returned: boolean
}

export interface WrittenSessions<Change> {
  stored: AuditEvent[]
  /** Those that were written: all but those that `isThere` did not find. */
  sessions: WrittenSession<Change>[]
  /** Calls to the application that the sessions counted since they were last written. */
  apiCalls: number
}

/**
 * Writes sessions that are new or changed, each once, with the events that follow from the change, in the caller's
 * transaction. The login of a session that began is not among them: it waits (logins.ts).
 * @param isThere asks Redis again, for sessions whose row says that they were revoked: their value may have been read
 * before that, and then they are left out
 */
export async function writeSessions<Change extends SessionChange>(
  tx: PoolClient,
  changes: readonly Change[],
  now: Date,
  isThere: (change: Change) => Promise<boolean>,
): Promise<WrittenSessions<Change>> {
  // New ones go first and alone: looking for the rows of all of them would read half the table for each batch.
  const { inserted, known } = await insertSessions(tx, inOneOrder(changes.filter(({ isNew }) => isNew)), now)
  const written: WrittenSessions<Change> = {
    stored: [],
    sessions: inserted.map((change) => ({ change, firstSeen: now, began: true, returned: false })),
    apiCalls: inserted.reduce((sum, { facts }) => sum + facts.apiCallCount, 0),
  }
  const rest = [...known, ...changes.filter(({ isNew }) => !isNew)]
  if (rest.length > 0) await writeKnown(tx, inOneOrder(rest), { now, isThere, written })
  return written
}

/** So that two engines that write the same sessions wait for each other instead of locking up. */
const inOneOrder = <Change extends SessionChange>(changes: readonly Change[]): Change[] =>
  changes.toSorted((a, b) => (a.facts.sessionId < b.facts.sessionId ? -1 : 1))

/** Writes those that have a row, or may have one, and adds them to what is `written`. */
async function writeKnown<Change extends SessionChange>(
  tx: PoolClient,
  changes: readonly Change[],
  {
    now,
    isThere,
    written,
  }: { now: Date; isThere: (change: Change) => Promise<boolean>; written: WrittenSessions<Change> },
): Promise<void> {
  const before = await previousSessions(
    tx,
    changes.map(({ facts }) => facts),
  )
  const present: Change[] = []
  const events: AuditEvent[] = []
  for (const change of changes) {
    const { facts } = change
    const row = before.get(facts.sessionId)
    const returned = row?.endReason === 'revoked'
    if (returned && !(await isThere(change))) continue
    present.push(change)
    const began = row === undefined || (row.endedAt !== null && !returned)
    // A count that went down began anew.
    const counted = began || facts.apiCallCount < row.apiCallCount ? 0 : row.apiCallCount
    written.apiCalls += facts.apiCallCount - counted
    written.sessions.push({ change, firstSeen: began ? now : row.firstSeen, began, returned })
    if (!began && row.endedAt === null) events.push(...eventsOfChange(row, facts, now))
  }
  await upsertSessions(tx, present, now)
  if (events.length > 0) written.stored.push(...(await writeEvents(tx, events)).stored)
}

function eventsOfChange(before: PreviousSession, facts: SessionChange['facts'], now: Date): AuditEvent[] {
  // A session of nobody became somebody's: that is a login, and nothing that changed under a user's hands.
  if (before.userId === null && facts.userId !== null) return [lateLoginEvent(facts, now)]
  const changed = changedEvent(before, facts, now)
  return changed === null ? [] : [changed]
}
