import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { addInferred, deleteInferred, readLives, type InferredBoundary } from './boundary-rows.ts'
import { isInferred, type Boundary, type SessionLives } from './session-lives.ts'

export interface SettleOptions {
  /**
   * For the mirror: when it last saw all sessions, so that each start and end it infers came after. It bounds how far
   * back a report of the application is looked for; without it that is the whole store.
   */
  knownAt?: Date | null
}

/** The clocks of the application and of Redis may differ by this much, and a request may last as long. */
const clockToleranceMs = 3_600_000

/**
 * The start and the end of a session are reported by the application (through the queue) or by an act in Gatehouse, and
 * inferred by the mirror. Each is to be counted once, whoever is first:
 *
 * - an inferred one is left out when the same life of the session has one already;
 * - a reported one is always stored, and the inferred one of the same life is deleted; what is stored names that one as
 *   `supersedes` in its metadata, so that whoever counted it does not count again.
 *
 * Neither may miss the other while it is under way, so the transaction must hold advisoryLocks.boundaries before this:
 * those who report share it and do not wait for each other, the mirror has it alone.
 * @param boundaries those of `events`, by time
 * @param known what the mirror inferred about their sessions, read under the lock
 * @returns the events that are to be stored
 */
export async function settleBoundaries(
  tx: PoolClient,
  events: readonly AuditEvent[],
  boundaries: readonly Boundary[],
  known: readonly InferredBoundary[],
  { knownAt = null }: SettleOptions,
): Promise<readonly AuditEvent[]> {
  if (boundaries.length === 0) return events
  const inferred = boundaries.filter(isInferred)
  const reported = boundaries.filter((boundary) => !isInferred(boundary))
  const replacements = await supersede(tx, reported, known)
  const redundant = await findRedundant(tx, inferred, reported, knownAt)
  if (replacements.size === 0 && redundant.size === 0) return events
  return events.filter((event) => !redundant.has(event)).map((event) => replacements.get(event) ?? event)
}

const timeOf = (boundary: Boundary): number => boundary.event.createdAt.getTime()

/** Deletes what `reported` makes superfluous. @returns what is to be stored in place of some of the events */
async function supersede(
  tx: PoolClient,
  reported: readonly Boundary[],
  inferred: readonly InferredBoundary[],
): Promise<Map<AuditEvent, AuditEvent>> {
  const replacements = new Map<AuditEvent, AuditEvent>()
  if (reported.length === 0 || inferred.length === 0) return replacements
  const times = [...reported.map(timeOf), ...inferred.map(({ createdAt }) => createdAt.getTime())]
  const lives = await readLives(tx, reported, new Date(Math.min(...times)), new Date(Math.max(...times)))
  for (const boundary of reported) lives.get(boundary.sessionId)?.add(boundary.kind, timeOf(boundary))
  const candidates = Map.groupBy(inferred, ({ sessionId }) => sessionId)
  const superseded = new Set<InferredBoundary>()
  for (const boundary of reported) {
    const match = candidates
      .get(boundary.sessionId)
      ?.find((other) => !superseded.has(other) && isSameLife(lives.get(boundary.sessionId), boundary, other))
    if (match === undefined) continue
    superseded.add(match)
    const metadata = { ...boundary.event.metadata, supersedes: match.eventId }
    replacements.set(boundary.event, { ...boundary.event, metadata })
  }
  if (superseded.size > 0) await deleteInferred(tx, [...superseded])
  return replacements
}

const isSameLife = (lives: SessionLives | undefined, boundary: Boundary, other: InferredBoundary): boolean =>
  other.kind === boundary.kind && lives?.isSameLife(boundary.kind, timeOf(boundary), other.createdAt.getTime()) === true

/** The inferred events that are not to be stored; the others are remembered as inferred. */
async function findRedundant(
  tx: PoolClient,
  inferred: readonly Boundary[],
  reported: readonly Boundary[],
  knownAt: Date | null,
): Promise<Set<AuditEvent>> {
  const redundant = new Set<AuditEvent>()
  if (inferred.length === 0) return redundant
  const from =
    knownAt === null ? null : new Date(Math.min(knownAt.getTime(), ...inferred.map(timeOf)) - clockToleranceMs)
  const lives = await readLives(tx, inferred, from, null)
  for (const boundary of reported) lives.get(boundary.sessionId)?.add(boundary.kind, timeOf(boundary))
  for (const boundary of inferred) {
    const known = lives.get(boundary.sessionId)
    if (known?.has(boundary.kind, timeOf(boundary)) === true) redundant.add(boundary.event)
    else known?.add(boundary.kind, timeOf(boundary))
  }
  await addInferred(
    tx,
    inferred.filter(({ event }) => !redundant.has(event)),
  )
  return redundant
}
