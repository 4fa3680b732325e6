import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { AlertChange } from './alert-change.ts'
import type { Entry } from './entry.ts'
import type { Episode } from './episodes.ts'
import { Group } from './group.ts'
import { longestTimespanMs, type Rule } from './rule.ts'
import { weightOf } from './weight.ts'

/** What one entity, and all entities of one rule, may hold: some 5 and 50 MB. */
const maxEntriesOfGroup = 20_000
const maxEntries = 200_000
/** Event time between two looks for entities that are left behind. */
const sweepEveryMs = 10_000

/** Reasons for the list of problems. */
export const watchProblems = {
  late: 'an event came later than watch.latenessMs allows, and its place in the windows was gone: it is stored, but not counted',
  future:
    'an event lies in the future: it is counted in its own window, and no other window moves for it. Check the clock of its producer',
  crowded: 'one entity had more events in a window than are kept: the value of its alert is a lower bound',
  entities: 'more entities than are kept had events in a window: the one that was quiet the longest was let go',
} as const
export type ReportProblem = (reason: (typeof watchProblems)[keyof typeof watchProblems], key: string) => void

/** One rule over all its entities. */
export class RuleRunner {
  readonly rule: Rule
  readonly #latenessMs: number
  readonly #report: ReportProblem
  /** The one that was touched last is the last. */
  readonly #groups = new Map<string, Group>()
  readonly #touched = new Set<string>()
  readonly #open = new Set<string>()
  /** Counted events that the mirror inferred: the application's own report may take their place. */
  readonly #inferred = new Map<EventId, { entity: string; atMs: number }>()
  #size = 0
  #sweptAtMs = Number.NEGATIVE_INFINITY
  #touchedSinceSweep = new Set<string>()

  constructor(rule: Rule, latenessMs: number, report: ReportProblem) {
    this.rule = rule
    this.#latenessMs = latenessMs
    this.#report = report
  }

  /** Time without an event after which nothing of a group matters any more. */
  get horizonMs(): number {
    return Math.max(longestTimespanMs(this.rule), this.rule.quietMs) + this.#latenessMs
  }

  get openAlerts(): AlertId[] {
    return [...this.#open].flatMap((entity) => this.#groups.get(entity)?.open.map(({ alertId }) => alertId) ?? [])
  }

  get entries(): number {
    return this.#size
  }

  take(event: AuditEvent): void {
    const entity = this.#entityOf(event)
    if (entity === null || !this.#supersede(event)) return
    const group = this.#groups.get(entity) ?? new Group(this.rule, entity)
    const entry = this.#entryOf(event)
    const result = group.add(entry)
    if (result === 'late') this.#report(watchProblems.late, event.eventId)
    if (result !== 'added') return
    this.#size++
    this.#groups.delete(entity)
    this.#groups.set(entity, group)
    this.#touch(entity)
    if (event.source === 'mirror') this.#inferred.set(event.eventId, { entity, atMs: entry.atMs })
  }

  /**
   * What the events taken since the last call changed.
   * @param clockMs event time of the newest event of the whole stream, which seals and forgets
   * @param closingMs time up to which no further event is expected, which closes episodes
   */
  settle(clockMs: number, closingMs: number): AlertChange[] {
    const closeBeforeMs = closingMs - this.rule.quietMs - this.#latenessMs
    const due = [...this.#open].filter(
      (entity) => (this.#groups.get(entity)?.open[0]?.lastMs ?? closeBeforeMs) < closeBeforeMs,
    )
    const changes: AlertChange[] = []
    for (const entity of new Set([...this.#touched, ...due])) {
      const group = this.#groups.get(entity)
      if (group === undefined) continue
      changes.push(...group.changes(closeBeforeMs))
      if (group.open.length === 0) this.#open.delete(entity)
      else this.#open.add(entity)
      this.#resize(group, () => group.seal(clockMs - this.#latenessMs))
      if (group.size > maxEntriesOfGroup) {
        this.#report(watchProblems.crowded, `${this.rule.ruleId}: ${entity}`)
        this.#resize(group, () => group.truncate(maxEntriesOfGroup * 0.9))
      }
    }
    this.#touched.clear()
    this.#sweep(clockMs)
    this.#evict()
    return changes
  }

  /** Goes on where an engine stood: with the events before `beforeMs`, and the episodes that were open there. */
  resume(earlier: readonly AuditEvent[], open: ReadonlyMap<string, Episode>, beforeMs: number): void {
    const entries = new Map<string, Entry[]>([...open.keys()].map((entity) => [entity, []]))
    for (const event of earlier) {
      const entity = this.#entityOf(event)
      if (entity === null) continue
      const list = entries.get(entity) ?? []
      list.push(this.#entryOf(event))
      entries.set(entity, list)
    }
    for (const [entity, list] of entries) {
      const group = new Group(this.rule, entity)
      this.#resize(group, () => group.resume(list, open.get(entity) ?? null, beforeMs))
      this.#groups.set(entity, group)
      this.#touched.add(entity)
    }
  }

  /** Takes out what the event supersedes. False when that is final: then it counts for this event too. */
  #supersede({ metadata }: AuditEvent): boolean {
    const eventId = metadata['supersedes'] as EventId
    const inferred = this.#inferred.get(eventId)
    if (inferred === undefined) return true
    const group = this.#groups.get(inferred.entity)
    if (group?.remove({ eventId, atMs: inferred.atMs }) !== true) return false
    this.#inferred.delete(eventId)
    this.#size--
    this.#touch(inferred.entity)
    return true
  }

  #touch(entity: string): void {
    this.#touched.add(entity)
    this.#touchedSinceSweep.add(entity)
  }

  #entityOf(event: AuditEvent): string | null {
    const [input] = this.rule.inputs
    return input.kind === 'events' && input.matches(event) ? input.entityOf(event) : null
  }

  #entryOf(event: AuditEvent): Entry {
    return {
      atMs: event.createdAt.getTime(),
      eventId: event.eventId,
      weight: weightOf(event),
      inputs: 1,
      facts: this.rule.inputs[0].facts.map((read) => read(event)),
      suppressed: false,
      alertId: null,
    }
  }

  /** Groups that the stream has left behind. One that still gets events, however old, is left until it gets none. */
  #sweep(clockMs: number): void {
    if (clockMs < this.#sweptAtMs + sweepEveryMs) return
    for (const [entity, group] of this.#groups) {
      if (group.newestMs < clockMs - this.horizonMs && !this.#touchedSinceSweep.has(entity)) this.#drop(entity, group)
    }
    for (const [eventId, { atMs }] of this.#inferred) {
      if (atMs < clockMs - this.horizonMs) this.#inferred.delete(eventId)
    }
    this.#sweptAtMs = clockMs
    this.#touchedSinceSweep = new Set()
  }

  #evict(): void {
    for (const [entity, group] of this.#groups) {
      if (this.#size <= maxEntries) return
      this.#report(watchProblems.entities, `${this.rule.ruleId}: ${entity}`)
      this.#drop(entity, group)
    }
  }

  #drop(entity: string, group: Group): void {
    this.#groups.delete(entity)
    this.#open.delete(entity)
    this.#size -= group.size
  }

  #resize(group: Group, change: () => void): void {
    const before = group.size
    change()
    this.#size += group.size - before
  }
}
