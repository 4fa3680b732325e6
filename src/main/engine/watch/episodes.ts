import type { EventId } from '../../../shared/model/ids.ts'
import type { Entry } from './entry.ts'
import type { Rule } from './rule.ts'
import { SlidingWindow } from './windows.ts'

/** A stretch of events of one group that a rule is alarmed by. */
export interface Episode {
  /** The earliest event: the episode's identity. */
  readonly first: { readonly eventId: EventId; readonly atMs: number }
  lastMs: number
  /** Events of the episode that an earlier fold has dealt with; `members` are those of this one. */
  earlierCount: number
  members: Entry[]
  /** Index of the rule's level that it has reached, and the highest value of that level's windows. */
  level: number
  peak: number
  summary: string
  /** An event came after the quiet window: no later one belongs to it. */
  ended: boolean
}

type Peaks = Map<Episode, { from: number; to: number; value: number }>

/**
 * Walks over the entries from index `from` to before `to`, going on with the episode that was open there, and returns
 * the episodes it meets, oldest first; the last may be open. It is a function of the entries alone: whoever folds the
 * same entries, in whatever portions they came, gets the same episodes.
 */
export function fold(
  rule: Rule,
  entity: string,
  entries: readonly Entry[],
  range: { from: number; to: number },
  resumed: Episode | null,
): Episode[] {
  const windows = rule.levels.map((level) => new SlidingWindow(entries, level, range.from))
  const [opening] = windows
  const peaks: Peaks = new Map()
  let open: Episode | null = resumed === null ? null : { ...resumed, members: [] }
  const episodes: Episode[] = open === null ? [] : [open]

  for (const entry of entries.slice(range.from, range.to)) {
    for (const window of windows) window.advance()
    if (open !== null && entry.atMs - open.lastMs > rule.quietMs) {
      open.ended = true
      open = null
    }
    if (open !== null) {
      open.members.push(entry)
      open.lastMs = entry.atMs
    } else if (opening?.isMet === true) {
      open = opened(entry, entries.slice(opening.from, opening.to))
      episodes.push(open)
    }
    if (open !== null) measure(open, windows, peaks)
  }

  for (const [episode, { from, to, value }] of peaks) {
    const level = rule.levels[episode.level] ?? rule.levels[0]
    episode.summary = rule.summary.write({ entity, value, level, entries: entries.slice(from, to) })
  }
  return episodes
}

function opened(crossing: Entry, members: Entry[]): Episode {
  const { eventId, atMs } = members[0] ?? crossing
  return {
    first: { eventId, atMs },
    lastMs: crossing.atMs,
    earlierCount: 0,
    members,
    level: 0,
    peak: Number.NEGATIVE_INFINITY,
    summary: '',
    ended: false,
  }
}

/** Raises the episode to the highest level that its windows reach now, or notes a new peak of the level it has. */
function measure(episode: Episode, windows: readonly SlidingWindow[], peaks: Peaks): void {
  const reached = windows.findLastIndex((window, level) => level > episode.level && window.isMet)
  if (reached >= 0) {
    episode.level = reached
    episode.peak = Number.NEGATIVE_INFINITY
  }
  const window = windows[episode.level]
  if (window === undefined || window.value <= episode.peak) return
  episode.peak = window.value
  peaks.set(episode, { from: window.from, to: window.to, value: window.value })
}
