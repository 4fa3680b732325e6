import { activeWithinMs, recentWithinMs } from '../../../shared/model/session.ts'
import type { StatusSplit } from '../../../shared/model/system.ts'
import type { Database } from '../postgres/database.ts'

/** How old a count may be... */
const freshMs = 2_000
/** ...and older where counting takes long, so that it is a twentieth of the time at most. */
const restPerWork = 20

const ageMs = 'extract(epoch FROM now() - coalesce(last_active, first_seen)) * 1000'
const sql = `
  SELECT count(*)::int AS live,
         (count(*) FILTER (WHERE ${ageMs} < ${activeWithinMs}))::int AS active,
         (count(*) FILTER (WHERE ${ageMs} >= ${activeWithinMs} AND ${ageMs} < ${recentWithinMs}))::int AS recent
  FROM redis_sync_sessions WHERE ended_at IS NULL`

export interface LiveRows {
  live: number
  split: StatusSplit
}

/** Live sessions as another engine's mirror has them, for an engine whose own does not run. */
export interface LiveRowCount {
  /** Counts them, unless that was done a moment ago; null while PostgreSQL is away. */
  count(): Promise<LiveRows | null>
  /** The last count. */
  latest(): LiveRows | null
}

export function createLiveRows(database: Database): LiveRowCount {
  let counted: LiveRows | null = null
  let dueMs = 0
  let counting: Promise<void> | null = null

  async function countNow(): Promise<void> {
    const startedMs = performance.now()
    try {
      const [row] = await database.query<{ live: number; active: number; recent: number }>(sql)
      const { live = 0, active = 0, recent = 0 } = row ?? {}
      counted = { live, split: { active, recent, idle: live - active - recent } }
    } finally {
      const endedMs = performance.now()
      dueMs = endedMs + Math.max(freshMs, restPerWork * (endedMs - startedMs))
      counting = null
    }
  }

  return {
    async count() {
      // An old count would look like a new one.
      if (database.state().status !== 'connected') counted = null
      else if (performance.now() >= dueMs) await (counting ??= countNow())
      return counted
    },
    latest: () => counted,
  }
}
