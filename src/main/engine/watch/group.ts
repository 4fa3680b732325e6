import { Alarm, countOf, type OpenAlert } from './alarm.ts'
import type { AlertChange, Finding } from './alert-change.ts'
import { Firings, type Arrival } from './chain.ts'
import { isBefore, isSame, placeOf, type Entry, type EntryKey } from './entry.ts'
import { Walk, type Episode } from './episodes.ts'
import type { Plan } from './plan.ts'
import { neededBy } from './rule.ts'

/** Up to so many entries are copied when one joins: a list that grows in place has room for sixteen more. */
const fewEntries = 8
/** From so many on, a walk is kept to be gone on with. */
const manyEntries = 32

/** An episode that is open where an engine starts, with the versions of lists that are stored with its alert. */
export interface ResumedEpisode extends Episode {
  lists: Finding['lists']
}

/**
 * The events of one entity under one rule. Entries lie in the order of event time. Those that no late event can come
 * before any more are *final*. From time to time what they lead to is *settled*, that is kept as the episode that is open
 * after them. The others are walked over anew from there whenever something joins them before the last, which is how a late
 * event finds its place; after the last, the walk goes on.
 */
export class Group {
  readonly entity: string
  readonly #plan: Plan
  #entries: Entry[] = []
  /** Entries before these indices are final, and settled. */
  #final = 0
  #settled = 0
  #finalTo: EntryKey | null = null
  /** The episode that is open after what is settled. */
  #past: Episode | null = null
  #walk: Walk | null = null
  #alarm: Alarm | null = null
  #firings: Firings | null = null

  constructor(plan: Plan, entity: string) {
    this.#plan = plan
    this.entity = entity
  }

  /** Entries held. */
  get size(): number {
    return this.#entries.length
  }

  /** Event time of the newest entry. */
  get newestMs(): number {
    return this.#entries.at(-1)?.atMs ?? this.#past?.lastMs ?? Number.NEGATIVE_INFINITY
  }

  /** The alerts that are not closed, oldest first. */
  get open(): readonly OpenAlert[] {
    return this.#alarm?.open ?? []
  }

  /** Nothing is left of it. */
  get isEmpty(): boolean {
    return this.#entries.length === 0 && this.#past === null && this.#alarm === null
  }

  /** `late`: it lies before what is final, and cannot be counted any more. `known`: it is counted already. */
  add({ entry, feeds }: Pick<Arrival, 'entry' | 'feeds'>): 'added' | 'joined' | 'known' | 'late' {
    const entries = this.#entries
    const place = placeOf(entries, entry)
    const there = entries[place]
    if (there !== undefined && isSame(there, entry)) return this.#join(there, entry, place)
    if (this.#finalTo !== null && isBefore(entry, this.#finalTo)) return 'late'
    if (place < entries.length) {
      entries.splice(place, 0, entry)
      this.#walk = null
    } else if (entries.length < fewEntries) {
      this.#entries = [...entries, entry]
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
  remove(key: EntryKey, inputs: number): 'removed' | 'changed' | false {
    const place = placeOf(this.#entries, key)
    const entry = this.#entries[place]
    if (entry === undefined || !isSame(entry, key) || place < this.#final || (entry.inputs & inputs) === 0) return false
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
    if (!this.#plan.rule.alerts) return []
    if (this.#alarm === null && walk.episodes.length === 0) return []
    const alarm = this.#alarmed()
    const changes = alarm.changes(walk.episodes, { entries: this.#entries, settled: this.#settled }, closeBeforeMs)
    if (alarm.isOver && this.#past === null && walk.episodes.length === 0) this.#alarm = null
    return changes
  }

  /** Makes final what lies before `beforeMs`, and forgets what no window reaches any more. */
  seal(beforeMs: number): void {
    const entries = this.#entries
    while (this.#final < entries.length && (entries[this.#final]?.atMs ?? beforeMs) < beforeMs) this.#final++
    if (this.#final === this.#settled) return
    this.#finalTo = entries[this.#final - 1] ?? null
    // What is settled is walked over twice: so much at a time that it comes to once or twice for each entry.
    if ((this.#final - this.#settled) * 2 >= entries.length) this.#settle()
  }

  /** Keeps the newest `count` entries only, whatever the windows want. */
  truncate(count: number): void {
    const cut = Math.max(0, this.#entries.length - count)
    if (cut === 0) return
    this.#final = Math.max(this.#final, cut)
    this.#finalTo = this.#entries[this.#final - 1] ?? null
    this.#settle()
    this.#keep(this.#entries.slice(Math.max(0, this.#entries.length - count)))
  }

  /** Takes over where an engine stood before: what lies before `beforeMs` is final, and `open` was the episode then. */
  resume(open: ResumedEpisode | null, beforeMs: number): void {
    // Those above hear of the firings; what became of them is in the alerts.
    if (this.#firings !== null && !this.#isQuiet()) this.#walked()
    for (const entry of this.#entries) this.#firings?.settle(entry)
    this.#walk = null
    this.#final = this.#entries.length
    this.#settled = this.#final
    this.#finalTo = { atMs: beforeMs, eventId: '' as EntryKey['eventId'] }
    if (open === null || !this.#hadOpened(open, beforeMs)) return
    const { lists, ...episode } = open
    this.#past = episode
    this.#alarmed().resume(episode, lists)
  }

  /** Whether an episode that began before `beforeMs` opened before it: its first event lies before the one that opened it. */
  #hadOpened({ first }: Episode, beforeMs: number): boolean {
    if (beforeMs - first.atMs > this.#plan.rule.levels[0].timespanMs) return true
    const place = placeOf(this.#entries, first)
    const there = this.#entries[place]
    if (there === undefined || !isSame(there, first)) return true
    const walk = new Walk(this.#plan.rule, this.entity, this.#entries, place, null)
    walk.advance(this.#entries.length)
    return walk.episodes.length > 0
  }

  /** All that was stored has been read again. */
  resumed(): void {
    this.#alarm?.settleResumed(this.#past, this.#walked().episodes)
    this.#walk = null
  }

  #join(there: Entry, entry: Entry, place: number): 'joined' | 'known' | 'late' {
    const inputs = there.inputs | entry.inputs
    if (inputs === there.inputs) return 'known'
    if (place < this.#final) return 'late'
    there.inputs = inputs
    this.#walk = null
    return 'joined'
  }

  /** Nothing can have changed: there is no alarm, and no window opens one. */
  #isQuiet(): boolean {
    if (this.#alarm !== null || this.#past !== null || this.#firings?.any === true) return false
    return !this.#plan.mayOpen(this.#entries)
  }

  /** The walk over what is not settled, up to the last entry. */
  #walked(): Walk {
    this.#walk ??= this.#newWalk()
    this.#walk.advance(this.#entries.length, this.#judge())
    return this.#walk
  }

  #newWalk(): Walk {
    return new Walk(this.#plan.rule, this.entity, this.#entries, this.#settled, this.#past)
  }

  #judge(): ((entry: Entry, fires: boolean) => void) | undefined {
    const firings = this.#firings
    return firings === null ? undefined : (entry, fires) => firings.judge(entry, fires)
  }

  #alarmed(): Alarm {
    this.#alarm ??= new Alarm(this.#plan.rule, this.entity, this.#plan.versionOf)
    return this.#alarm
  }

  /** Keeps the outcome of what is final, and of its entries those that windows still need. */
  #settle(): void {
    if (!this.#isQuiet()) {
      const walk = this.#newWalk()
      walk.advance(this.#final, this.#judge())
      const episodes = walk.episodes.map((one) => ({ ...one, earlierCount: countOf(one), members: [] }))
      const ended = episodes.filter((episode) => episode.ended)
      this.#past = episodes.find((episode) => !episode.ended) ?? null
      if (ended.length > 0 && this.#plan.rule.alerts) this.#alarmed().end(ended)
    }
    if (this.#firings !== null) {
      for (const entry of this.#entries.slice(this.#settled, this.#final)) this.#firings.settle(entry)
    }
    const reachMs = (this.#finalTo?.atMs ?? 0) - this.#plan.reachMs
    let cut = 0
    while (cut < this.#final && (this.#entries[cut]?.atMs ?? reachMs) < reachMs) cut++
    const needed = neededBy(this.#plan.rule, this.#entries.slice(cut, this.#final))
    this.#settled = this.#final
    this.#keep(
      this.#final - cut === needed.length && cut === 0
        ? this.#entries
        : [...needed, ...this.#entries.slice(this.#final)],
    )
  }

  /** Forgets all other entries, which are settled. */
  #keep(entries: Entry[]): void {
    const forgotten = this.#entries.length - entries.length
    this.#entries = entries
    this.#final -= forgotten
    this.#settled -= forgotten
    this.#walk = null
  }
}
