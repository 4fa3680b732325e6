import type { AuditEvent, LifecycleType } from '../../../shared/model/event.ts'

export type BoundaryKind = 'start' | 'end'

const kinds: Readonly<Partial<Record<string, BoundaryKind>>> = {
  login: 'start',
  logout: 'end',
  expired: 'end',
  revoked: 'end',
} satisfies Partial<Record<LifecycleType, BoundaryKind>>

/** Types of events that begin or end a session. */
export const boundaryTypes = Object.keys(kinds)

export const boundaryKindOf = (eventType: string): BoundaryKind | null => kinds[eventType] ?? null

/** A start or an end of a session, with the event that says so. */
export interface Boundary {
  sessionId: string
  kind: BoundaryKind
  event: AuditEvent
}

/** Those of the events that begin or end a session, by time. */
export function boundariesOf(events: readonly AuditEvent[]): Boundary[] {
  const boundaries: Boundary[] = []
  for (const event of events) {
    const kind = event.kind === 'session' ? boundaryKindOf(event.type) : null
    if (kind !== null && event.sessionId !== null) boundaries.push({ sessionId: event.sessionId, kind, event })
  }
  return boundaries.toSorted((a, b) => a.event.createdAt.getTime() - b.event.createdAt.getTime())
}

export const isInferred = ({ event }: Boundary): boolean => event.source === 'mirror'

/** How the lock of the boundaries is to be held by who stores these: see settle-boundaries.ts. */
export function lockFor(boundaries: readonly Boundary[]): 'none' | 'shared' | 'exclusive' {
  if (boundaries.length === 0) return 'none'
  return boundaries.some(isInferred) ? 'exclusive' : 'shared'
}

/**
 * The starts and ends of one session id in time. An id may live again after its end, so two starts (or two ends) are of
 * the same life if and only if no end (no start) lies between them.
 */
export class SessionLives {
  readonly #times: Readonly<Record<BoundaryKind, number[]>> = { start: [], end: [] }

  add(kind: BoundaryKind, atMs: number): void {
    const times = this.#times[kind]
    times.splice(firstFrom(times, atMs), 0, atMs)
  }

  /** Whether a boundary of this kind is known that is of the same life as one at `atMs`. */
  has(kind: BoundaryKind, atMs: number): boolean {
    const times = this.#times[kind]
    const next = firstFrom(times, atMs)
    return [times[next - 1], times[next]].some((time) => time !== undefined && this.isSameLife(kind, time, atMs))
  }

  /** Whether two boundaries of this kind are of the same life. */
  isSameLife(kind: BoundaryKind, oneMs: number, otherMs: number): boolean {
    const opposite = this.#times[kind === 'start' ? 'end' : 'start']
    const between = opposite[firstFrom(opposite, Math.min(oneMs, otherMs) + 1)]
    return between === undefined || between >= Math.max(oneMs, otherMs)
  }
}

/** Index of the first time that is not before `atMs`. */
function firstFrom(sorted: readonly number[], atMs: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? Infinity) < atMs) low = middle + 1
    else high = middle
  }
  return low
}
