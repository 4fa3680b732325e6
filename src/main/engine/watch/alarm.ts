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
type Told = Pick<Finding, 'eventCount' | 'suppressedCount' | 'lists'> & { closedAtMs: number | null }

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
  #lost: Entry[] = []
  /** The episode that was open when the engine started, and what was stored of how many entries it has suppressed. */
  #resumed: { alertId: AlertId; suppressedCount: number } | null = null

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

  /** Takes over an alert as it was stored. Its episode counts the suppressed entries that come from now on. */
  resume(episode: Episode, lists: Finding['lists']): void {
    const alertId = this.#idOf(episode)
    const { suppressedCount } = episode
    this.#told.set(alertId, { eventCount: countOf(episode), suppressedCount, closedAtMs: null, lists })
    this.#resumed = { alertId, suppressedCount }
    episode.suppressedCount = 0
  }

  /**
   * All that was stored has been read again. It has told which suppressed entries came since: the others came before.
   * @param past the episode that is open where the unsettled entries begin
   * @param unsettled the episodes that are not final
   */
  settleResumed(past: Episode | null, unsettled: readonly Episode[]): void {
    const resumed = this.#resumed
    this.#resumed = null
    if (resumed === null) return
    const isIt = (episode: Episode) => this.#idOf(episode) === resumed.alertId
    const counted = [...this.#ending, ...unsettled].find(isIt)?.suppressedCount ?? 0
    const base = [...this.#ending, ...(past === null ? [] : [past])].find(isIt)
    if (base !== undefined) base.suppressedCount += Math.max(0, resumed.suppressedCount - counted)
  }

  /** Episodes that have ended and are final. */
  end(episodes: readonly Episode[]): void {
    this.#ending.push(...episodes)
  }

  /** An entry that was superseded, and is in no episode any more. */
  lose(entry: Entry): void {
    this.#lost.push(entry)
  }

  /**
   * What changed since it was last asked. An episode whose last event lies before `closeBeforeMs` is closed.
   * @param unsettled the episodes that are not final
   * @param entries those that the group still has
   */
  changes(unsettled: readonly Episode[], entries: readonly Entry[], closeBeforeMs: number): AlertChange[] {
    const episodes = [...this.#ending, ...unsettled]
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
    const withdrawn = this.#withdrawn(new Set(findings.map(({ alertId }) => alertId)), heirs, entries)
    for (const episode of this.#ending) if (episode.lastMs < closeBeforeMs) this.#told.delete(this.#idOf(episode))
    this.#ending = this.#ending.filter(({ lastMs }) => lastMs >= closeBeforeMs)
    return [...raised, ...withdrawn]
  }

  #isNews({ alertId, eventCount, suppressedCount, lists, closedAt }: Finding): boolean {
    const closedAtMs = closedAt?.getTime() ?? null
    const told = this.#told.get(alertId)
    this.#told.set(alertId, { eventCount, suppressedCount, lists, closedAtMs })
    if (told === undefined || told.eventCount !== eventCount || told.closedAtMs !== closedAtMs) return true
    return told.suppressedCount !== suppressedCount || this.#lost.some((entry) => entry.alertId === alertId)
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
    const level = rule.levels[episode.level] ?? rule.levels[0]
    const alertId = this.#idOf(episode)
    const eventCount = countOf(episode)
    const told = this.#told.get(alertId)
    const resumed = this.#resumed?.alertId === alertId ? this.#resumed.suppressedCount : 0
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
      value: Math.min(episode.peak, Number.MAX_SAFE_INTEGER),
      threshold: thresholdOf(level.conditions[0].bounds),
      timespanMs: level.timespanMs,
      eventCount,
      suppressedCount: Math.max(resumed, episode.suppressedCount),
      // As they were when its last event was looked up.
      lists: told?.eventCount === eventCount ? told.lists : this.#versions(),
      summary: episode.summary,
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
