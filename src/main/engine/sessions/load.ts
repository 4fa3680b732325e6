import type { MirrorContext } from './context.ts'
import { readBaseline } from './store/baseline.ts'
import { liveSessions } from './store/live-sessions.ts'
import { isMassEndNoted } from './store/mass-end.ts'

/** No reconcile takes longer to write what it found. */
const longestReconcileMs = 600_000

/**
 * Reads what an earlier run left, once: the live rows with their digests, so that an unchanged session writes nothing;
 * and which logins that run may still have owed when it ended. Whether it did is found when they are written.
 */
export async function load({ database, memory }: MirrorContext): Promise<void> {
  memory.unclaimed.clear()
  memory.baseline = await readBaseline(database)
  memory.holding = await isMassEndNoted(database)
  let newestMs = 0
  for await (const page of liveSessions(database)) {
    for (const row of page) {
      memory.unclaimed.set(row.sessionId, row)
      newestMs = Math.max(newestMs, row.firstSeenMs)
    }
  }
  const sinceMs = Math.max(memory.baseline?.getTime() ?? Infinity, newestMs - longestReconcileMs)
  for (const { sessionId, firstSeenMs, hasUser } of memory.unclaimed.values()) {
    if (!hasUser || firstSeenMs <= sinceMs) continue
    memory.dueLogins.set(sessionId, { knownAt: new Date(firstSeenMs), sinceMs: -Infinity })
  }
  memory.loaded = true
}
