import type { SessionId } from '../../../shared/model/ids.ts'
import { writeEvents } from '../postgres/write-events.ts'
import type { MirrorContext } from './context.ts'
import { loginEvent } from './derive-events.ts'
import { earliest } from './earliest.ts'
import { sessionsByIds } from './store/sessions-by-ids.ts'

/** Events of one transaction. */
const batchSize = 1_000

/**
 * Stores the logins of sessions that began before `untilMs` (performance.now), unless the application has reported them
 * by now: it had one interval's time. The waiting costs no safety: after a crash the due logins are found again (load.ts).
 */
export async function writeDueLogins(
  { database, memory, publish }: MirrorContext,
  untilMs = performance.now(),
): Promise<void> {
  const due = [...memory.dueLogins].filter(([, { sinceMs }]) => sinceMs <= untilMs)
  for (let from = 0; from < due.length; from += batchSize) {
    const page = due.slice(from, from + batchSize)
    const sessionIds = page.map(([sessionId]): SessionId => sessionId)
    const stored = await database.transaction(async (tx) => {
      const rows = await sessionsByIds(tx, sessionIds)
      return (
        await writeEvents(tx, rows.map(loginEvent), { knownAt: earliest(page.map(([, { knownAt }]) => knownAt)) })
      ).stored
    })
    for (const sessionId of sessionIds) memory.dueLogins.delete(sessionId)
    publish(stored, 0)
  }
}
