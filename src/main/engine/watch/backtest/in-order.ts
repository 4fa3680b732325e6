import type { AuditEvent } from '../../../../shared/model/event.ts'

/**
 * The same events with those of one millisecond in one page, in the order of their identities: stores put texts in orders of
 * their own, and what was read is to have one name.
 */
export async function* inOrder(pages: AsyncIterable<readonly AuditEvent[]>): AsyncGenerator<AuditEvent[]> {
  let held: AuditEvent[] = []
  for await (const page of pages) {
    const events = held.length === 0 ? [...page] : [...held, ...page]
    const lastMs = events.at(-1)?.createdAt.getTime()
    let whole = events.length
    while (whole > 0 && events[whole - 1]?.createdAt.getTime() === lastMs) whole--
    held = events.splice(whole)
    if (events.length > 0) yield sortTies(events)
  }
  if (held.length > 0) yield sortTies(held)
}

function sortTies(events: AuditEvent[]): AuditEvent[] {
  for (let from = 0, to = 1; from < events.length; from = to, to++) {
    const atMs = events[from]?.createdAt.getTime()
    while (events[to]?.createdAt.getTime() === atMs && to < events.length) to++
    if (to - from > 1) events.splice(from, to - from, ...events.slice(from, to).toSorted(byIdentity))
  }
  return events
}

const byIdentity = (a: AuditEvent, b: AuditEvent): number =>
  a.eventId === b.eventId ? (a.kind < b.kind ? 1 : -1) : a.eventId < b.eventId ? -1 : 1
