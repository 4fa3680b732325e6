import { createHash } from 'node:crypto'
import type { AlertEventRef, Finding } from '../../../shared/model/alert.ts'
import type { AlertId, EventId } from '../../../shared/model/ids.ts'

export type { Finding } from '../../../shared/model/alert.ts'

/**
 * What a push of events did. `raised`: an episode opened, grew or closed; `newEvents` joined it, and `lostEvents`, which
 * others have superseded, left it. `withdrawn`: a late event showed that the episode began earlier or was part of another
 * one, which takes its place.
 */
export type AlertChange =
  | { kind: 'raised'; alert: Finding; newEvents: AlertEventRef[]; lostEvents: AlertEventRef[] }
  | { kind: 'withdrawn'; alertId: AlertId; replacedBy: AlertId | null }

/** The same rule, entity and first event always make the same alert. */
export function alertIdOf(ruleId: string, entity: string, first: { eventId: EventId; atMs: number }): AlertId {
  const parts = [ruleId, entity, first.eventId, new Date(first.atMs).toISOString()]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex') as AlertId
}
