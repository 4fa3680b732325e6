import { Alarm, countOf, type OpenAlert } from './alarm.ts'
import type { AlertChange, Finding } from './alert-change.ts'
import { Firings, type Arrival } from './chain.ts'
import { isBefore, isSame, placeOf, type Entry, type EntryKey } from './entry.ts'
import { Walk, type Episode } from './episodes.ts'
import type { Plan } from './plan.ts'
import type { QuietList } from './quiet-list.ts'

/** Up to so many entries are copied when one joins: a list that grows in place has room for sixteen more. */
const fewEntries = 8
/** From so many on, a walk is kept to be gone on with. */
const manyEntries = 32

/** An episode that is open where an engine starts, with the versions of lists that are stored with its alert. */
export interface ResumedEpisode extends Episode {
  lists: Finding['lists']
}

/** All there is of a group in which nothing is open, and that no alert lists an entry of. */
export interface Remains {
  readonly entries: Entry[]
  /** How many of them are settled. */
  readonly settled: number
  readonly settledTo: EntryKey | null
}

/**
 * The events of one entity under one rule. Entries lie in the order of event time. Those that no late event can come
 * before any more are *final*. From time to time what they lead to is *settled*, that is kept as the episode that is open
 * after them. The others are walked over anew from there whenever something joins them before the last, which is how a late
 * event finds its place; after the last, the walk goes on.
 */
export class Group {
  readonly entity: string
  readonly plan: Plan
  /** Another group of the entity, in the table of groups. */
  next: Group | undefined
  isDropped = false
  /** Where it is listed while it is quiet, and its neighbours there. */
  list: QuietList | null = null
  before: Group | null = null
  after: Group | null = null
  /** It waits to be asked for its changes. */
  isTouched = false
  /** The turn in which it was touched last (`Ageing`). */
  turn = -1
  #entries: Entry[] = []
  /** Entries before this index are settled. */
  #settled = 0
  /** Of so many of them it is worth a look which ones no window needs. */
  #pruneFrom = 0
  /** The last of them, which may be forgotten. */
  #settledTo: EntryKey | null = null
  /** The episode that is open after what is settled. */
  #past: Episode | null = null
  #walk: Walk | null = null
  #alarm: Alarm | null = null
  #firings: Firings | null = null

  /** @param remains of the group as it was before it was packed */
  constructor(plan: Plan, entity: string, remains: Remains | null = null) {
    this.plan = plan
    this.entity = entity
    this.next = undefined
    if (remains === null) return
    this.#entries = remains.entries
    this.#settled = remains.settled
    this.#settledTo = remains.settledTo
  }

  /** Entries held. */
  get size(): number {
    return this.#entries.length
  }

  /** Event time of the newest entry, even if it is forgotten. */
  get newestMs(): number {
    const none = Number.NEGATIVE_INFINITY
    return Math.max(this.#entries.at(-1)?.atMs ?? none, this.#settledTo?.atMs ?? none)
  }

  /** The alerts that are not closed, oldest first. */
  get open(): readonly OpenAlert[] {
    return this.#alarm?.open ?? []
  }

  /** Null while more belongs to it than a packed group can tell. */
  get remains(): Remains | null {
    if (this.#past !== null || this.#alarm !== null || this.#firings !== null || this.isTouched) return null
    if (this.#entries.some(({ alertId }) => alertId !== null)) return null
    return { entries: this.#entries, settled: this.#settled, settledTo: this.#settledTo }
  }

  /** Nothing is left of it. */
  get isEmpty(): boolean {
    return this.#entries.length === 0 && this.#past === null && this.#alarm === null
  }

  /**
   * `late`: it lies before what is final, and cannot be counted any more. `known`: it is counted already.
   * @param finalMs entries before this time are final
   */
  add({ entry, feeds }: Pick<Arrival, 'entry' | 'feeds'>, finalMs: number): 'added' | 'joined' | 'known' | 'late' {
    const entries = this.#entries
    const place = placeOf(entries, entry)
    const there = entries[place]
    if (there !== undefined) {
      if (isSame(there, entry)) return this.#join(there, entry, there.atMs < finalMs)
      if (there.atMs < finalMs) return 'late'
    }
    if (this.#settledTo !== null && isSame(entry, this.#settledTo)) return 'known'
    if (this.#settledTo !== null && isBefore(entry, this.#settledTo)) return 'late'
    if (place < entries.length) {
      entries.splice(place, 0, entry)
      this.#walk = null
    } else if (place < fewEntries) {
      this.#entries = place === 0 ? [entry] : entries.concat(entry)
      this.#walk = null
    } else {
      entries.push(entry)
    }
    if (feeds !== null) {
      this.#firings ??= new Firings()
      this.#firings.watch(entry, feeds)
    }
    return 'added'
  }

  /** Takes back that an event came through these inputs. False when that is final, or was never so. */
  remove(key: EntryKey, inputs: number, finalMs: number): 'removed' | 'changed' | false {
    const place = placeOf(this.#entries, key)
    const entry = this.#entries[place]
    if (entry === undefined || !isSame(entry, key) || (entry.inputs & inputs) === 0) return false
    if (place < this.#settled || entry.atMs < finalMs) return false
    this.#walk = null
    entry.inputs &= ~inputs
    if (entry.inputs !== 0) return 'changed'
    this.#entries.splice(place, 1)
    this.#alarm?.lose(entry)
    this.#firings?.drop(entry)
    return 'removed'
  }

  /** What changed since it was last asked. An episode whose last event lies before `closeBeforeMs` is closed. */
  changes(closeBeforeMs: number): AlertChange[] {
    if (this.#isQuiet()) return []
    const walk = this.#walked()
    if (this.#entries.length < manyEntries) this.#walk = null
    if (!this.plan.rule.alerts) return []
    if (this.#alarm === null && walk.episodes.length === 0) return []
    const alarm = this.#alarmed()
    const changes = alarm.changes(walk.episodes, { entries: this.#entries, settled: this.#settled }, closeBeforeMs)
    if (alarm.isOver && this.#past === null && walk.episodes.length === 0) this.#alarm = null
    return changes
  }

  /**
   * Settles what lies before `beforeMs`, and forgets what no window reaches any more. What is settled is walked over twice,
   * so this does nothing until that comes to once or twice for each entry. Returns how many entries it has forgotten.
   */
  seal(beforeMs: number): number {
    const half = this.#entries[this.#settled + (this.#entries.length >>> 1) - 1]
    return half !== undefined && half.atMs < beforeMs ? this.settle(beforeMs) : 0
  }

  /** Settles what lies before `beforeMs` at once: the group has become quiet. Returns how many entries it has forgotten. */
  settle(beforeMs: number): number {
    const before = this.#entries.length
    let to = before
    while (to > this.#settled && (this.#entries[to - 1]?.atMs ?? beforeMs) >= beforeMs) to--
    this.#settleTo(to)
    return before - this.#entries.length
  }

  /** Keeps the newest `count` entries only, whatever the windows want. Returns how many it has forgotten. */
  truncate(count: number): number {
    const before = this.#entries.length
    if (before <= count) return 0
    this.#settleTo(Math.max(this.#settled, before - count))
    this.#canWalkOn()
    this.#forgetOldest(Math.max(0, this.#entries.length - count))
    return before - this.#entries.length
  }

  /** All of it is final, and what it led to is known: settles it as it is. Returns how many entries it has forgotten. */
  conclude(): number {
    const before = this.#entries.length
    this.#forgetTo(before)
    return before - this.#entries.length
  }

  /** Takes over where an engine stood before: what lies before `beforeMs` is final, and `open` was the episode then. */
  resume(open: ResumedEpisode | null, beforeMs: number): void {
    // Those above hear of the firings; what became of them is in the alerts.
    if (this.#firings !== null && !this.#isQuiet()) this.#walked()
    for (const entry of this.#entries) this.#firings?.settle(entry)
    this.#walk = null
    this.#settled = this.#entries.length
    this.#settledTo = { atMs: beforeMs, eventId: '' as EntryKey['eventId'] }
    if (open === null || !this.#hadOpened(open, beforeMs)) return
    const { lists, ...episode } = open
    this.#past = episode
    this.#alarmed().resume(episode, lists)
  }

  /** Whether an episode that began before `beforeMs` opened before it: its first event lies before the one that opened it. */
  #hadOpened({ first }: Episode, beforeMs: number): boolean {
    if (beforeMs - first.atMs > this.plan.rule.levels[0].timespanMs) return true
    const place = placeOf(this.#entries, first)
    const there = this.#entries[place]
    if (there === undefined || !isSame(there, first)) return true
    const walk = new Walk(this.plan.rule, this.entity, this.#entries, place, null)
    walk.advance(this.#entries.length)
    return walk.episodes.length > 0
  }

  /** All that was stored has been read again. */
  resumed(): void {
    this.#alarm?.settleResumed(this.#past, this.#walked().episodes)
    this.#walk = null
  }

  #join(there: Entry, entry: Entry, isFinal: boolean): 'joined' | 'known' | 'late' {
    const inputs = there.inputs | entry.inputs
    if (inputs === there.inputs) return 'known'
    if (isFinal) return 'late'
    there.inputs = inputs
    this.#walk = null
    return 'joined'
  }

  /** Nothing can have changed: there is no alarm, and no window opens one. */
  #isQuiet(): boolean {
    if (this.#alarm !== null || this.#past !== null || this.#firings?.any === true) return false
    return !this.plan.mayOpen(this.#entries)
  }

  /** The walk over what is not settled, up to the last entry. */
  #walked(): Walk {
    this.#walk ??= this.#newWalk()
    this.#walk.advance(this.#entries.length, this.#judge())
    return this.#walk
  }

  #newWalk(): Walk {
    return new Walk(this.plan.rule, this.entity, this.#entries, this.#settled, this.#past)
  }

  #judge(): ((entry: Entry, fires: boolean) => void) | undefined {
    const firings = this.#firings
    return firings === null ? undefined : (entry, fires) => firings.judge(entry, fires)
  }

  #alarmed(): Alarm {
    this.#alarm ??= new Alarm(this.plan.rule, this.entity, this.plan.versionOf)
    return this.#alarm
  }

  /** Keeps the outcome of the entries before index `to`, and of these entries those that windows still need. */
  #settleTo(to: number): void {
    if (to === this.#settled || to === 0) return
    if (!this.#canWalkOn() && !this.#isQuiet()) this.#walkTo(to)
    if (this.#firings !== null) for (const entry of this.#entries.slice(this.#settled, to)) this.#firings.settle(entry)
    if (this.#firings?.isOver === true) this.#firings = null
    this.#forgetTo(to)
  }

  /** Of the entries before index `to`, which are settled now, keeps those that windows still need. */
  #forgetTo(to: number): void {
    const entries = this.#entries
    const last = entries[to - 1]
    if (last === undefined) return
    this.#settled = to
    this.#settledTo = last
    const reachMs = last.atMs - this.plan.reachMs
    let cut = 0
    while (cut < to && (entries[cut]?.atMs ?? reachMs) < reachMs) cut++
    this.#forgetOldest(cut)
    this.#prune()
  }

  /** Forgets settled entries that no window needs. Of many it tries again once there are twice as many as it had to keep. */
  #prune(): void {
    const { prune } = this.plan
    const count = this.#settled
    if (prune === null || (count > manyEntries && count < this.#pruneFrom)) return
    const entries = this.#entries
    const needed = prune(count === entries.length ? entries : entries.slice(0, count))
    this.#pruneFrom = 2 * needed.length
    if (needed.length === count) return
    this.#entries = [...needed, ...entries.slice(count)]
    this.#settled = needed.length
    this.#walk = null
  }

  /** Whether the walk has met nothing so far: what it has come past leads to nothing. Else it must begin anew. */
  #canWalkOn(): boolean {
    if (this.#walk?.metNothingTo(this.#entries.length) === true) return true
    this.#walk = null
    return false
  }

  /** Keeps what the entries before index `to` lead to. */
  #walkTo(to: number): void {
    const walk = this.#newWalk()
    walk.advance(to, this.#judge())
    const episodes = walk.episodes.map((one) => ({ ...one, earlierCount: countOf(one), members: [] }))
    const ended = episodes.filter((episode) => episode.ended)
    this.#past = episodes.find((episode) => !episode.ended) ?? null
    if (ended.length > 0 && this.plan.rule.alerts) this.#alarmed().end(ended)
  }

  /** Forgets the oldest entries, which are settled. */
  #forgetOldest(count: number): void {
    if (count === 0) return
    this.#settled -= count
    if (this.#walk === null) {
      this.#entries = this.#entries.slice(count)
    } else {
      this.#walk.forget(count)
      this.#entries.splice(0, count)
    }
  }
}
