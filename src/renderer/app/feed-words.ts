import type { FeedState } from '../api/live-feed.ts'
import type { Tone } from '../components/Mark.tsx'
import { formatDuration } from '../text/format.ts'

/** Older numbers than this are called old, although the stream is open. */
const freshMs = 5_000

/** How old what is on the screen is, and why it does not move. */
export function feedWords(feed: FeedState, ageMs: number | null): { tone: Tone; words: string } {
  if (ageMs === null) return { tone: 'busy', words: 'Waiting for the engine' }
  const age = `data ${ageMs < 2_000 ? 'now' : `${formatDuration(ageMs)} old`}`
  if (feed === 'paused') return { tone: 'warning', words: `Paused, ${age}` }
  if (feed === 'hidden') return { tone: 'none', words: `Hidden, ${age}` }
  if (feed === 'broken') return { tone: 'critical', words: `Engine not reachable, ${age}` }
  if (feed === 'waiting') return { tone: 'busy', words: `Connecting, ${age}` }
  return ageMs > freshMs ? { tone: 'warning', words: `Late, ${age}` } : { tone: 'ok', words: `Live, ${age}` }
}
