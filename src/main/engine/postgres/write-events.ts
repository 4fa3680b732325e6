import type { PoolClient } from 'pg'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { inferredFrom, readInferred } from './boundary-rows.ts'
import { byTable } from './by-table.ts'
import { identityOf, insertEvents } from './insert-events.ts'
import { withoutKnown } from './known-events.ts'
import { noteTransaction } from './note-transaction.ts'
import { runTogether, type Answer, type Statement } from './run-together.ts'
import { boundariesOf, isInferred, lockFor } from './session-lives.ts'
import { settleBoundaries, type SettleOptions } from './settle-boundaries.ts'

export interface WriteOptions extends SettleOptions {
  /** Many of the events are stored already: these are found and left out first. */
  lookFirst?: boolean
}

/**
 * Stores events, each once: an event whose time and id are stored already, or that the mirror inferred and the
 * application has reported, is left out. Call it last in its transaction, because it takes a lock that all writers
 * share until the transaction ends (see settle-boundaries.ts).
 * @returns those that were really stored, as they were stored, in their order
 * @throws DatabaseError when one of them cannot be stored (`classify` says "data"); then none of them is
 */
export async function writeEvents(
  tx: PoolClient,
  events: readonly AuditEvent[],
  { lookFirst = false, ...options }: WriteOptions = {},
): Promise<{ stored: AuditEvent[] }> {
  const distinct = withoutRepeats(events)
  const unknown = lookFirst ? await byTable(distinct, (table, rows) => withoutKnown(tx, table, rows)) : distinct
  const write = prepareWrite(unknown)
  return write.complete(tx, write.opening.length === 0 ? [] : await runTogether(tx, write.opening), options)
}

/** writeEvents in two halves, so that the first goes in one journey with what else begins a transaction. */
export interface PreparedWrite {
  /** What the events need first: run it (run-together.ts) right before `complete`, in the same transaction. */
  opening: readonly Statement[]
  /**
   * @param opened the answers to `opening`
   * @param committing as insertEvents has it: called with what writeEvents will return; only for events of which none is left out
   */
  complete(
    tx: PoolClient,
    opened: readonly Answer[],
    options?: SettleOptions & { committing?: (stored: AuditEvent[]) => void },
  ): Promise<{ stored: AuditEvent[] }>
}

export function prepareWrite(events: readonly AuditEvent[]): PreparedWrite {
  const distinct = withoutRepeats(events)
  const boundaries = boundariesOf(distinct)
  const reported = boundaries.filter((boundary) => !isInferred(boundary))
  const asked = reported.length === 0 ? [] : [readInferred(reported)]
  return {
    opening: distinct.length === 0 ? [] : [noteTransaction(distinct, lockFor(boundaries)), ...asked],
    async complete(tx, [, inferred], { committing, ...options } = {}) {
      if (distinct.length === 0) return { stored: [] }
      const known = inferred === undefined ? [] : inferredFrom(inferred)
      const settled = [...(await settleBoundaries(tx, distinct, boundaries, known, options))]
      const endsHere = committing !== undefined && settled.length === events.length
      return { stored: [...(await insertEvents(tx, settled, endsHere ? () => committing(settled) : null))] }
    },
  }
}

/** Of events with the same identity the first. */
function withoutRepeats(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const ids = new Set<string>()
  for (const { eventId } of events) ids.add(eventId)
  if (ids.size === events.length) return events
  const seen = new Set<string>()
  return events.filter((event) => {
    const before = seen.size
    seen.add(`${event.kind} ${identityOf(event.createdAt, event.eventId)}`)
    return seen.size > before
  })
}
