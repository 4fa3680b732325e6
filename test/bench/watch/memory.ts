import { blankEvent, type AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId, SessionId } from '../../../src/shared/model/ids.ts'
import { desktops } from '../../helpers/labelled/agents.ts'
import type { Catalogue } from '../../helpers/labelled/catalogue.ts'
import { collectGarbage } from '../garbage.ts'

/** What is in use after a collection: the heap, and the buffers beside it, in which quiet groups are packed. */
const usedMb = (): number => {
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

const portion = 2_000
const startMs = Date.UTC(2026, 2, 2, 8)
const hourMs = 3_600_000

/**
 * What the engine of the whole catalogue holds once so many users have signed in within an hour, gone on with their
 * session, and one in twenty has mistyped the password: the memory in use after a collection, less that of an engine that saw nothing.
 */
export function benchMemory(catalogue: Catalogue, users: number) {
  const engine = catalogue.newEngine()
  engine.push(signIn(0, users))
  const emptyMb = usedMb()
  for (let from = 1; from < users; from += portion) {
    const events = Array.from({ length: Math.min(portion, users - from) }, (_, index) => signIn(from + index, users))
    engine.push(events.flat())
  }
  const heldMb = usedMb() - emptyMb
  // The engine is still needed here, or the collector would have taken it.
  const bytesAUser = Math.round((heldMb * 2 ** 20) / users)
  return { users, entries: engine.entries, heldMb: Math.round(heldMb * 10) / 10, bytesAUser }
}

function signIn(user: number, users: number): AuditEvent[] {
  const atMs = startMs + Math.floor((user / users) * hourMs)
  const event = (type: string, afterMs: number): AuditEvent => ({
    ...blankEvent({
      eventId: `${user.toString(36)}-${type}` as EventId,
      createdAt: new Date(atMs + afterMs),
      kind: 'session',
      type,
      source: 'queue',
    }),
    userId: `user-${user}`,
    sessionId: type === 'failed_login' ? null : (`session-${user}` as SessionId),
    // An address of the network 73.0.0.0/8 for every two users.
    ipAddress: `73.${(user >> 17) & 255}.${(user >> 9) & 255}.${(user >> 1) & 255}`,
    userAgent: desktops[user % desktops.length] ?? null,
    authMethod: 'password',
  })
  const mistyped = user % 20 === 0 ? [event('failed_login', 0)] : []
  return [...mistyped, event('login', 4_000), event('session_check', 9_000)]
}
