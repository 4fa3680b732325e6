import type { Database } from 'better-sqlite3'

/** The oldest events that one step removes: small enough not to hold up the engine. */
const stepRows = 5_000
/** Free pages given back in one step, 4 KiB each. */
const stepPages = 2_000
const dayMs = 86_400_000

/** Bytes of the cache that hold something. */
export function usedBytes(database: Database): number {
  const pragma = (name: string): number => Number(database.pragma(name, { simple: true }))
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
}

/**
 * Keeps the cache within its age (days, by the events' own time) and its size: the oldest events go first, then sessions
 * that ended and alerts of that age. What was freed is given back to the disk. Returns how many events went.
 */
export function pruneCache(
  database: Database,
  { maxAgeDays, maxBytes }: { maxAgeDays: number; maxBytes: number },
  nowMs: number,
): number {
  const oldestMs = nowMs - maxAgeDays * dayMs
  const removeOlder = database.prepare('DELETE FROM events WHERE created_at_ms < ?')
  const removeOldest = database.prepare(
    'DELETE FROM events WHERE (created_at_ms, event_id, kind) IN (SELECT created_at_ms, event_id, kind FROM events ORDER BY created_at_ms, event_id, kind LIMIT ?)',
  )
  let removed = removeOlder.run(oldestMs).changes
  database.prepare('DELETE FROM sessions WHERE ended_at_ms < ?').run(oldestMs)
  database.prepare('DELETE FROM alerts WHERE window_end_ms < ?').run(oldestMs)
  database.prepare('DELETE FROM samples WHERE at_ms < ?').run(nowMs - dayMs)
  while (usedBytes(database) > maxBytes) {
    const { changes } = removeOldest.run(stepRows)
    removed += changes
    if (changes === 0) break
  }
  while (Number(database.pragma('freelist_count', { simple: true })) > 0)
    database.pragma(`incremental_vacuum(${stepPages})`)
  return removed
}
