import type { AuditEvent } from '../../../shared/model/event.ts'

export interface TimelineStep {
  readonly event: AuditEvent
  /** Milliseconds since the event before; null for the first. */
  readonly afterMs: number | null
  /** Where the session was used from, where it differs from the event before that said so. */
  readonly changed: readonly { readonly what: 'address' | 'country' | 'agent'; readonly value: string }[]
}

/** Events, oldest first, as steps: each with its distance from the last and what is new in it. */
export function timelineSteps(events: readonly AuditEvent[]): TimelineStep[] {
  const known = new Map<string, string>()
  return events.map((event, at) => {
    const before = events[at - 1]
    const seen = { address: event.ipAddress, country: event.country, agent: event.userAgent } as const
    const changed = (['address', 'country', 'agent'] as const).flatMap((what) => {
      const value = seen[what]
      if (value === null || known.get(what) === value) return []
      known.set(what, value)
      return [{ what, value }]
    })
    return {
      event,
      afterMs: before === undefined ? null : event.createdAt.getTime() - before.createdAt.getTime(),
      changed,
    }
  })
}
