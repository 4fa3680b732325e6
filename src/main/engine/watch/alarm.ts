import type { AlertId } from '../../../shared/model/ids.ts'
import { alertIdOf, type AlertChange, type Finding } from './alert-change.ts'
import { thresholdOf } from './bounds.ts'
import type { Entry } from './entry.ts'
import type { Episode } from './episodes.ts'
import type { Rule } from './rule.ts'

export interface OpenAlert {
  readonly alertId: AlertId
  /** Event time of its last event. */
  readonly lastMs: number
}

/** Names a list or database that a rule uses, as it is now. */
export type VersionOf = (name: string) => string

/** How an alert was last told, so that only what changed is told again. */
type Told = Pick<Finding, 'eventCount' | 'suppressedCount' | 'severity' | 'value' | 'summary' | 'lists'> & {
  closedAtMs: number | null
}

/** The entries that a group has, of which those before `settled` are final. */
export interface Held {
  entries: readonly Entry[]
  settled: number
}

/** How far an episode has come. */
type Height = Pick<Episode, 'level' | 'peak' | 'summary'>
const ground: Height = { level: 0, peak: Number.NEGATIVE_INFINITY, summary: '' }
const isHigher = (a: Height, b: Height) => a.level > b.level || (a.level === b.level && a.peak > b.peak)

/**
 * The alerts of a group: what was told of them, and what is final of them. Most groups never have one, so there is none of
 * this for them.
 */
export class Alarm {
  readonly #rule: Rule
  readonly #entity: string
  readonly #versionOf: VersionOf
  readonly #told = new Map<AlertId, Told>()
  /** Over, but not closed yet. */
  #ending: Episode[] = []
  #open: OpenAlert[] = []
  #superseded: Entry[] = []
  /** The episode that was open when the engine started, as its alert was stored, until all was read again. */
  #resumed: (Height & { alertId: AlertId; suppressedCount: number }) | null = null

  constructor(rule: Rule, entity: string, versionOf: VersionOf) {
    this.#rule = rule
    this.#entity = entity
    this.#versionOf = versionOf
  }

  /** The alerts that are not closed, oldest first. */
  get open(): readonly OpenAlert[] {
    return this.#open
  }

  /** Nothing is left to be told or taken back. */
  get isOver(): boolean {
    return this.#told.size === 0 && this.#ending.length === 0
  }

  /**
   * Takes over an alert as it was stored. How high it stands and what it has suppressed includes what is read again, which
   * late events may still change: the episode begins anew, and `settleResumed` gives it what was before.
   */
  resume(episode: Episode, lists: Finding['lists']): void {
    const alertId = this.#idOf(episode)
    const { suppressedCount, level, peak, summary } = episode
    const { severity } = this.#rule.levels[level] ?? this.#rule.levels[0]
    const told = { eventCount: countOf(episode), suppressedCount, severity, value: peak, summary, lists }
    this.#told.set(alertId, { ...told, closedAtMs: null })
    this.#resumed = { alertId, suppressedCount, level, peak, summary }
    Object.assign(episode, ground, { suppressedCount: 0 })
  }

  /**
   * All that was stored has been read again. What the stored alert says beyond that was so before.
   * @param past the episode that is open where the unsettled entries begin
   * @param unsettled the episodes that are not final
   */
  settleResumed(past: Episode | null, unsettled: readonly Episode[]): void {
    const resumed = this.#resumed
    this.#resumed = null
    if (resumed === null) return
    const isIt = (episode: Episode) => this.#idOf(episode) === resumed.alertId
    const derived = [...this.#ending, ...unsettled].find(isIt)
    const base = [...this.#ending, ...(past === null ? [] : [past])].find(isIt)
    if (derived === undefined || base === undefined) return
    const { suppressedCount, level, peak, summary } = resumed
    const isSame = derived.level === level && derived.peak === peak && derived.summary === summary
    base.suppressedCount += Math.max(0, suppressedCount - derived.suppressedCount)
    if (!isSame && !isHigher(derived, resumed)) Object.assign(base, { level, peak, summary })
  }

  /** Episodes that have ended and are final. */
  end(episodes: readonly Episode[]): void {
    this.#ending.push(...episodes)
  }

  /** An entry has left the group, because another supersedes it or because it fires no more. */
  lose(entry: Entry): void {
    this.#superseded.push(entry)
  }

  /**
   * What changed since it was last asked. An episode whose last event lies before `closeBeforeMs` is closed.
   * @param unsettled the episodes that are not final
   */
  changes(unsettled: readonly Episode[], held: Held, closeBeforeMs: number): AlertChange[] {
    const episodes = [...this.#ending, ...unsettled]
    const findings = episodes.map((episode) => this.#describe(episode, closeBeforeMs))
    this.#open = findings.flatMap(({ alertId, windowEnd, closedAt }) =>
      closedAt === null ? [{ alertId, lastMs: windowEnd.getTime() }] : [],
    )
    const lost = this.#takeLost(episodes, findings, held)
    const heirs = new Map<AlertId, AlertId>()
    const raised = findings.flatMap((alert, index): AlertChange[] => {
      const joined = (episodes[index]?.members ?? []).filter((entry) => entry.alertId !== alert.alertId)
      const left = lost.get(alert.alertId) ?? []
      if (!this.#isNews(alert) && joined.length === 0 && left.length === 0) return []
      for (const entry of joined) {
        if (entry.alertId !== null) heirs.set(entry.alertId, alert.alertId)
        entry.alertId = alert.alertId
      }
      return [{ kind: 'raised', alert, newEvents: joined.map(refOf), lostEvents: left.map(refOf) }]
    })
    const withdrawn = this.#withdrawn(new Set(findings.map(({ alertId }) => alertId)), heirs, held.entries)
    for (const episode of this.#ending) if (episode.lastMs < closeBeforeMs) this.#told.delete(this.#idOf(episode))
    this.#ending = this.#ending.filter(({ lastMs }) => lastMs >= closeBeforeMs)
    return [...raised, ...withdrawn]
  }

  /** Entries that alerts still list and that are in their episodes no longer: superseded, or cut off by such a one. */
  #takeLost(
    episodes: readonly Episode[],
    findings: readonly Finding[],
    { entries, settled }: Held,
  ): Map<AlertId, Entry[]> {
    const lost = new Map<AlertId, Entry[]>()
    for (const [index, { members, earlierCount }] of episodes.entries()) {
      const alertId = findings[index]?.alertId
      if (alertId === undefined || !this.#told.has(alertId)) continue
      const isMember = new Set(members)
      // What is settled is in the episode for good.
      const held = earlierCount > 0 ? entries.slice(settled) : entries
      const left = [...held, ...this.#superseded].filter((one) => one.alertId === alertId && !isMember.has(one))
      if (left.length > 0) lost.set(alertId, left)
    }
    for (const left of lost.values()) for (const entry of left) entry.alertId = null
    this.#superseded = []
    return lost
  }

  #isNews({ alertId, eventCount, suppressedCount, severity, value, summary, lists, closedAt }: Finding): boolean {
    const closedAtMs = closedAt?.getTime() ?? null
    const told = this.#told.get(alertId)
    this.#told.set(alertId, { eventCount, suppressedCount, severity, value, summary, lists, closedAtMs })
    return (
      told?.eventCount !== eventCount ||
      told.suppressedCount !== suppressedCount ||
      told.severity !== severity ||
      told.value !== value ||
      told.summary !== summary ||
      told.closedAtMs !== closedAtMs
    )
  }

  #withdrawn(
    current: ReadonlySet<AlertId>,
    heirs: ReadonlyMap<AlertId, AlertId>,
    entries: readonly Entry[],
  ): AlertChange[] {
    const gone = [...this.#told.keys()].filter((alertId) => !current.has(alertId))
    for (const alertId of gone) {
      this.#told.delete(alertId)
      // The store lists no events of it any more: if it comes up again, it lists them anew.
      for (const entry of entries) if (entry.alertId === alertId) entry.alertId = null
    }
    return gone.map((alertId) => ({ kind: 'withdrawn', alertId, replacedBy: heirs.get(alertId) ?? null }))
  }

  #idOf(episode: Episode): AlertId {
    episode.alertId ??= alertIdOf(this.#rule.ruleId, this.#entity, episode.first)
    return episode.alertId
  }

  #describe(episode: Episode, closeBeforeMs: number): Finding {
    const rule = this.#rule
    const alertId = this.#idOf(episode)
    const resumed = this.#resumed?.alertId === alertId ? this.#resumed : null
    const height = resumed !== null && isHigher(resumed, episode) ? resumed : episode
    const level = rule.levels[height.level] ?? rule.levels[0]
    const eventCount = countOf(episode)
    const told = this.#told.get(alertId)
    return {
      alertId,
      ruleId: rule.ruleId,
      ruleVersion: rule.version,
      title: rule.title,
      severity: level.severity,
      entityKind: rule.entityKind,
      entity: this.#entity,
      windowStart: new Date(episode.first.atMs),
      windowEnd: new Date(episode.lastMs),
      value: Math.min(height.peak, Number.MAX_SAFE_INTEGER),
      threshold: thresholdOf(level.conditions[0].bounds),
      timespanMs: level.timespanMs,
      eventCount,
      suppressedCount: Math.max(resumed?.suppressedCount ?? 0, episode.suppressedCount),
      // As they were when its last event was looked up.
      lists: told?.eventCount === eventCount ? told.lists : this.#versions(),
      summary: height.summary,
      attack: [...rule.attack],
      closedAt: episode.lastMs < closeBeforeMs ? new Date(episode.lastMs + rule.quietMs) : null,
    }
  }

  #versions(): Finding['lists'] {
    return Object.fromEntries(this.#rule.uses.map((name) => [name, this.#versionOf(name)]))
  }
}

const refOf = ({ eventId, atMs }: Entry) => ({ eventId, createdAt: new Date(atMs) })

export const countOf = ({ earlierCount, members }: Episode): number => earlierCount + members.length
