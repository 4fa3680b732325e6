import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { Entry } from './entry.ts'
import { evidenceOf, shown, type Rule } from './rule.ts'
import { SlidingWindow } from './windows.ts'

/** A stretch of events of one group that a rule is alarmed by. */
export interface Episode {
  /** The earliest event: the episode's identity. */
  readonly first: { readonly eventId: EventId; readonly atMs: number }
  /** The name of its alert, once it was worked out. */
  alertId: AlertId | null
  lastMs: number
  /** Events of the episode that an earlier walk has dealt with; `members` are those of this one. */
  earlierCount: number
  members: Entry[]
  /** Entries that would have joined it, were they not suppressed. */
  suppressedCount: number
  /** Index of the rule's level that it has reached, and the highest value of that level's windows. */
  level: number
  peak: number
  summary: string
  /** An event came after the quiet window: no later one belongs to it. */
  ended: boolean
}

/**
 * Walks over the entries of a group in their order, going on with the episode that was open where it starts. What it
 * says is a function of the entries alone: whoever walks over the same ones, in whatever portions they came, meets the
 * same episodes.
 */
export class Walk {
  /** The episodes met, oldest first; the last may be open. */
  readonly episodes: Episode[]
  readonly #rule: Rule
  readonly #entity: string
  readonly #entries: readonly Entry[]
  readonly #windows: readonly SlidingWindow[]
  readonly #lingers: boolean
  /** Windows of peaks that are not described yet. */
  readonly #peaks = new Map<Episode, { from: number; to: number; value: number }>()
  #to: number
  #open: Episode | null

  /** @param from index of the first entry to come */
  constructor(rule: Rule, entity: string, entries: readonly Entry[], from: number, resumed: Episode | null) {
    this.#rule = rule
    this.#entity = entity
    this.#entries = entries
    this.#windows = rule.levels.map((level) => new SlidingWindow(entries, level, from))
    this.#lingers = rule.levels[0].conditions[0].measure.lingers === true
    this.#to = from
    this.#open = resumed === null ? null : { ...resumed, members: [] }
    this.episodes = this.#open === null ? [] : [this.#open]
  }

  /**
   * Goes on to before index `to`.
   * @param onEntry told of each entry whether the rule's first level holds at it
   */
  advance(to: number, onEntry?: (entry: Entry, fires: boolean) => void): void {
    const [opening] = this.#windows
    while (this.#to < to && opening !== undefined) {
      const entry = this.#entries[this.#to++]
      if (entry === undefined) break
      for (const window of this.#windows) window.advance()
      const fires = !entry.suppressed && opening.isMet
      onEntry?.(entry, fires)
      if (fires || entry.suppressed || !this.#lingers) this.#judge(entry, opening, fires)
    }
    this.#describePeaks()
  }

  /** The first `count` entries are about to be forgotten. */
  forget(count: number): void {
    for (const window of this.#windows) window.forget(count)
    this.#to -= count
  }

  /** Whether it has come to before index `to`, and has met no episode. */
  metNothingTo(to: number): boolean {
    return this.#to === to && this.episodes.length === 0
  }

  #judge(entry: Entry, opening: SlidingWindow, fires: boolean): void {
    const isOver = this.#open !== null && entry.atMs - this.#open.lastMs > this.#rule.quietMs
    if (entry.suppressed) {
      if (this.#open !== null && !isOver) this.#open.suppressedCount++
      return
    }
    if (this.#open !== null && isOver) {
      this.#open.ended = true
      this.#open = null
    }
    if (this.#open !== null) {
      this.#open.members.push(...this.#joining(this.#open, entry, opening))
      this.#open.lastMs = entry.atMs
    } else if (fires) {
      this.#open = opened(this.#rule, entry, this.#entries.slice(opening.from, opening.to))
      this.episodes.push(this.#open)
    } else {
      return
    }
    this.#measure(this.#open)
  }

  /** With an entry come those that speak for it and were passed over, because the level did not hold at them. */
  #joining({ lastMs }: Episode, entry: Entry, { level, from, to }: SlidingWindow): Entry[] {
    if (!this.#lingers) return [entry]
    const evidence = evidenceOf(level, shown(this.#entries.slice(from, to)))
    return [...evidence.filter((one) => one !== entry && one.atMs > lastMs), entry]
  }

  /** Raises the episode to the highest level that its windows reach now, or notes a new peak of the level it has. */
  #measure(episode: Episode): void {
    const reached = this.#windows.findLastIndex((window, level) => level > episode.level && window.isMet)
    if (reached >= 0) {
      episode.level = reached
      episode.peak = Number.NEGATIVE_INFINITY
    }
    const window = this.#windows[episode.level]
    if (window === undefined || !(window.value > episode.peak)) return
    episode.peak = window.value
    this.#peaks.set(episode, { from: window.from, to: window.to, value: window.value })
  }

  #describePeaks(): void {
    for (const [episode, { from, to, value }] of this.#peaks) {
      const level = this.#rule.levels[episode.level] ?? this.#rule.levels[0]
      const entries = evidenceOf(level, shown(this.#entries.slice(from, to)))
      episode.summary = this.#rule.summary.write({ entity: this.#entity, value, level, entries })
    }
    this.#peaks.clear()
  }
}

/** The episode that begins with a window, which `crossing` ends. */
function opened(rule: Rule, crossing: Entry, window: readonly Entry[]): Episode {
  const visible = shown(window)
  const members = evidenceOf(rule.levels[0], visible)
  if (members.at(-1) !== crossing) members.push(crossing)
  const { eventId, atMs } = members[0] ?? crossing
  return {
    first: { eventId, atMs },
    alertId: null,
    lastMs: crossing.atMs,
    earlierCount: 0,
    members,
    suppressedCount: window.length - visible.length,
    level: 0,
    peak: Number.NEGATIVE_INFINITY,
    summary: '',
    ended: false,
  }
}
