import type { QueryClient } from '@tanstack/react-query'
import type { LiveStatus } from '../../shared/model/system.ts'
import type { Engine } from './engine.ts'
import type { LiveFeed } from './live-feed.ts'

type Revisions = LiveStatus['revisions']
const areas = ['sessions', 'events', 'alerts', 'queues'] as const satisfies readonly (keyof Revisions)[]
export type Area = (typeof areas)[number]

/** What is shown is read again at most this often. */
export const rereadMs = 1_000

export const grownAreas = (before: Revisions, now: Revisions): Area[] =>
  areas.filter((area) => now[area] !== before[area])

/**
 * Reads again what is shown when the engine says that it changed. Lists in a grid do so on their own (use-live-list.ts):
 * their rows must not move while somebody points at one.
 */
export function followRevisions(feed: LiveFeed, engine: Engine, cache: QueryClient): () => void {
  let known: Revisions | null = null
  let origin: boolean | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  const due = new Set<Area>()

  const reread = () => {
    timer = null
    const grown = [...due]
    due.clear()
    for (const area of grown) void cache.invalidateQueries({ queryKey: engine.queries[area].key() })
    if (grown.includes('sessions')) void cache.invalidateQueries({ queryKey: engine.queries.revocations.guarded.key() })
  }
  return feed.view.subscribe(() => {
    const { status } = feed.view.get()
    if (status === null) return
    // What was read from the store is now the cache's to tell, or the other way round.
    const isStore = status.postgres.status === 'connected'
    if (origin !== null && origin !== isStore) void cache.invalidateQueries()
    origin = isStore
    const { revisions } = status
    if (revisions === known) return
    if (known !== null) for (const area of grownAreas(known, revisions)) due.add(area)
    known = revisions
    if (due.size > 0) timer ??= setTimeout(reread, rereadMs)
  })
}
