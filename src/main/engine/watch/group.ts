import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import { alertIdOf, type AlertChange, type Finding } from './alert-change.ts'
import { thresholdOf } from './bounds.ts'
import { insert, isBefore, placeOf, type Entry, type EntryKey } from './entry.ts'
import { fold, type Episode } from './episodes.ts'
import { longestTimespanMs, type Rule } from './rule.ts'

export interface OpenAlert {
  readonly alertId: AlertId
  /** Event time of its last event. */
  readonly lastMs: number
}

/** How an alert was last told, so that only what changed is told again. */
interface Told {
  eventCount: number
  closedAtMs: number | null
}

/**
 * The events of one entity under one rule. Entries lie in the order of event time. Those that no late event can come
 * before any more are *sealed*: what they lead to is final, and kept as the episode that is open after them. The others
 * are folded anew from there whenever something joins them, which is how a late event finds its place.
 */
export class Group {
  readonly #rule: Rule
  readonly #entity: string
  readonly #told = new Map<AlertId, Told>()
  readonly #entries: Entry[] = []
  #sealed = 0
  #sealedTo: EntryKey | null = null
  #openAtSeal: Episode | null = null
  /** Final, but not closed yet. */
  #ending: Episode[] = []
  #open: OpenAlert[] = []
  #lost: Entry[] = []

  constructor(rule: Rule, entity: string) {
    this.#rule = rule
    this.#entity = entity
  }

  /** Entries held. */
  get size(): number {
    return this.#entries.length
  }

  /** Event time of the newest entry. */
  get newestMs(): number {
    return this.#entries.at(-1)?.atMs ?? this.#openAtSeal?.lastMs ?? Number.NEGATIVE_INFINITY
  }

  /** The alerts that are not closed, oldest first. */
  get open(): readonly OpenAlert[] {
    return this.#open
  }

  /** `late`: it lies before what is sealed, and cannot be counted any more. `known`: it is counted already. */
  add(entry: Entry): 'added' | 'known' | 'late' {
    if (this.#sealedTo !== null && isBefore(entry, this.#sealedTo)) {
      const there = this.#entries[placeOf(this.#entries, entry)]
      return there?.eventId === entry.eventId && there.atMs === entry.atMs ? 'known' : 'late'
    }
    return insert(this.#entries, entry) ? 'added' : 'known'
  }

  /** Takes an event out again that another has superseded. False when it is not there or final. */
  remove(event: EntryKey): boolean {
    const place = placeOf(this.#entries, event)
    const entry = this.#entries[place]
    if (entry?.eventId !== event.eventId || entry.atMs !== event.atMs || place < this.#sealed) return false
    this.#entries.splice(place, 1)
    this.#lost.push(entry)
    return true
  }

  /** Takes over where an engine stood before: what lies before `beforeMs` is final, and `open` was the episode then. */
  resume(earlier: readonly Entry[], open: Episode | null, beforeMs: number): void {
    for (const entry of earlier) insert(this.#entries, entry)
    this.#sealed = this.#entries.length
    this.#sealedTo = { atMs: beforeMs, eventId: '' as EventId }
    this.#openAtSeal = open
    if (open !== null) this.#told.set(this.#idOf(open), { eventCount: countOf(open), closedAtMs: null })
  }

  /** What changed since it was last asked. An episode whose last event lies before `closeBeforeMs` is closed. */
  changes(closeBeforeMs: number): AlertChange[] {
    const range = { from: this.#sealed, to: this.#entries.length }
    const unsealed = fold(this.#rule, this.#entity, this.#entries, range, this.#openAtSeal)
    const episodes = [...this.#ending, ...unsealed]
    const findings = episodes.map((episode) => this.#describe(episode, closeBeforeMs))
    this.#open = findings.flatMap(({ alertId, windowEnd, closedAt }) =>
      closedAt === null ? [{ alertId, lastMs: windowEnd.getTime() }] : [],
    )

    const heirs = new Map<AlertId, AlertId>()
    const raised = findings.flatMap((alert, index): AlertChange[] => {
      if (!this.#isNews(alert)) return []
      const joined = (episodes[index]?.members ?? []).filter((entry) => entry.alertId !== alert.alertId)
      for (const entry of joined) {
        if (entry.alertId !== null) heirs.set(entry.alertId, alert.alertId)
        entry.alertId = alert.alertId
      }
      const lost = this.#lost.filter((entry) => entry.alertId === alert.alertId)
      return [{ kind: 'raised', alert, newEvents: joined.map(refOf), lostEvents: lost.map(refOf) }]
    })
    this.#lost = []
    const current = new Set(findings.map(({ alertId }) => alertId))
    const withdrawn = this.#withdrawn(current, heirs)
    for (const episode of this.#ending) if (episode.lastMs < closeBeforeMs) this.#told.delete(this.#idOf(episode))
    this.#ending = this.#ending.filter(({ lastMs }) => lastMs >= closeBeforeMs)
    return [...raised, ...withdrawn]
  }

  /** Makes final what lies before `beforeMs`, and forgets what no window reaches any more. */
  seal(beforeMs: number): void {
    let to = this.#sealed
    while (to < this.#entries.length && (this.#entries[to]?.atMs ?? beforeMs) < beforeMs) to++
    this.#sealUpTo(to)
    const reachMs = (this.#sealedTo?.atMs ?? beforeMs) - longestTimespanMs(this.#rule)
    let cut = 0
    while (cut < this.#sealed && (this.#entries[cut]?.atMs ?? reachMs) < reachMs) cut++
    this.#forget(cut)
  }

  /** Keeps the newest `count` entries only, whatever the windows want. */
  truncate(count: number): void {
    const cut = Math.max(0, this.#entries.length - count)
    this.#sealUpTo(Math.max(this.#sealed, cut))
    this.#forget(cut)
  }

  #sealUpTo(to: number): void {
    const last = this.#entries[to - 1]
    if (to === this.#sealed || last === undefined) return
    const range = { from: this.#sealed, to }
    const episodes = fold(this.#rule, this.#entity, this.#entries, range, this.#openAtSeal)
    this.#openAtSeal = null
    for (const episode of episodes) {
      const sealed = { ...episode, earlierCount: countOf(episode), members: [] }
      if (episode.ended) this.#ending.push(sealed)
      else this.#openAtSeal = sealed
    }
    this.#sealed = to
    this.#sealedTo = last
  }

  #forget(count: number): void {
    this.#entries.splice(0, count)
    this.#sealed -= count
  }

  #isNews({ alertId, eventCount, closedAt }: Finding): boolean {
    const closedAtMs = closedAt?.getTime() ?? null
    const told = this.#told.get(alertId)
    this.#told.set(alertId, { eventCount, closedAtMs })
    if (told === undefined || told.eventCount !== eventCount || told.closedAtMs !== closedAtMs) return true
    return this.#lost.some((entry) => entry.alertId === alertId)
  }

  #withdrawn(current: ReadonlySet<AlertId>, heirs: ReadonlyMap<AlertId, AlertId>): AlertChange[] {
    const gone = [...this.#told.keys()].filter((alertId) => !current.has(alertId))
    for (const alertId of gone) {
      this.#told.delete(alertId)
      // The store lists no events of it any more: if it comes up again, it lists them anew.
      for (const entry of this.#entries) if (entry.alertId === alertId) entry.alertId = null
    }
    return gone.map((alertId) => ({ kind: 'withdrawn', alertId, replacedBy: heirs.get(alertId) ?? null }))
  }

  #idOf(episode: Episode): AlertId {
    return alertIdOf(this.#rule.ruleId, this.#entity, episode.first)
  }

  #describe(episode: Episode, closeBeforeMs: number): Finding {
    const rule = this.#rule
    const level = rule.levels[episode.level] ?? rule.levels[0]
    return {
      alertId: this.#idOf(episode),
      ruleId: rule.ruleId,
      ruleVersion: rule.version,
      title: rule.title,
      severity: level.severity,
      entityKind: rule.entityKind,
      entity: this.#entity,
      windowStart: new Date(episode.first.atMs),
      windowEnd: new Date(episode.lastMs),
      value: episode.peak,
      threshold: thresholdOf(level.conditions[0].bounds),
      timespanMs: level.timespanMs,
      eventCount: countOf(episode),
      suppressedCount: 0,
      lists: {},
      summary: episode.summary,
      attack: [...rule.attack],
      closedAt: episode.lastMs < closeBeforeMs ? new Date(episode.lastMs + rule.quietMs) : null,
    }
  }
}

const refOf = ({ eventId, atMs }: Entry) => ({ eventId, createdAt: new Date(atMs) })

const countOf = ({ earlierCount, members }: Episode): number => earlierCount + members.length
