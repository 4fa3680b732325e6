import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { VersionOf } from './alarm.ts'
import type { AlertChange } from './alert-change.ts'
import type { Arrival, Feed, Receiver } from './chain.ts'
import type { Entry, EntryKey } from './entry.ts'
import { Group, type ResumedEpisode } from './group.ts'
import { planOf, type Plan } from './plan.ts'
import { watchProblems, type ReportProblem } from './problems.ts'
import type { RecallRange } from './recall-ranges.ts'
import { longestTimespanMs, type Rule } from './rule.ts'
import { weightOf } from './weight.ts'

/** What one entity may hold. */
const maxEntriesOfGroup = 20_000
const leastSweepMs = 10_000
const noFacts: readonly [] = []

export interface RunnerOptions {
  latenessMs: number
  report: ReportProblem
  /** Whether a suppression that was in force at the time of the event hides it from the rule. */
  suppressed: ((event: AuditEvent, ruleId: string) => boolean) | null
  versionOf: VersionOf
}

/** One rule over all its entities. */
export class RuleRunner implements Receiver {
  readonly rule: Rule
  readonly #plan: Plan
  readonly #options: RunnerOptions
  /** Rules that have this one as an input, and as which. */
  readonly #above: { runner: RuleRunner; input: number }[] = []
  readonly #groups = new Map<string, Group>()
  readonly #touched = new Set<Group>()
  readonly #open = new Set<Group>()
  /** Counted events that the mirror inferred: the application's own report may take their place. */
  readonly #inferred = new Map<EventId, { entities: string[]; atMs: number }>()
  #recall: RecallRange | null = null
  #size = 0
  #suppressed = 0
  #sweptAtMs = Number.NEGATIVE_INFINITY
  #turnedAtMs = Number.NEGATIVE_INFINITY
  /** Groups that were touched in this turn and in the one before. */
  #young = new Set<Group>()
  #ageing = new Set<Group>()

  constructor(rule: Rule, options: RunnerOptions) {
    this.rule = rule
    this.#options = options
    this.#plan = planOf(rule, options.versionOf)
  }

  /** Time without an event after which nothing of a group matters any more. */
  get horizonMs(): number {
    return Math.max(longestTimespanMs(this.rule), this.rule.quietMs) + this.#options.latenessMs
  }

  get openAlerts(): AlertId[] {
    return [...this.#open].flatMap((group) => group.open.map(({ alertId }) => alertId))
  }

  get entries(): number {
    return this.#size
  }

  get groups(): number {
    return this.#groups.size
  }

  /** Entries that were hidden by a suppression. */
  get suppressed(): number {
    return this.#suppressed
  }

  feed(runner: RuleRunner, input: number): void {
    this.#above.push({ runner, input })
  }

  /** @param inputs indices of those inputs of the rule that take events of its type */
  take(event: AuditEvent, inputs: readonly number[]): void {
    if (this.#recall !== null && event.createdAt.getTime() < this.#recall.fromMs) return
    let arrivals: Arrival[] | null = null
    for (const index of inputs) {
      const input = this.rule.inputs[index]
      if (input?.kind !== 'events' || !input.matches(event)) continue
      const entity = input.entityOf(event)
      if (entity === null) continue
      const twin = arrivals?.find((arrival) => arrival.entity === entity)
      if (twin === undefined) (arrivals ??= []).push(this.#arrival(event, index, entity))
      else twin.entry.inputs |= 1 << index
    }
    for (const arrival of arrivals ?? []) {
      if (!this.#enter(arrival)) continue
      if (event.source === 'mirror') this.#infer(arrival)
    }
  }

  /** How the event would come in through an input, if it came; null where it has no group there. */
  arrivalThrough(event: AuditEvent, index: number): Arrival | null {
    const entity = this.rule.inputs[index]?.entityOf(event) ?? null
    return entity === null ? null : this.#arrival(event, index, entity)
  }

  receive(arrival: Arrival): void {
    if (this.#recall !== null && arrival.entry.atMs < this.#recall.fromMs) return
    this.#enter(arrival)
  }

  retract(entity: string, key: EntryKey, inputs: number): void {
    const group = this.#groups.get(entity)
    const result = group?.remove(key, inputs) ?? false
    if (group === undefined || result === false) return
    if (result === 'removed') this.#size--
    this.#touch(group)
  }

  /** Takes out an event that another supersedes. False when it is final: then it counts for the other, too. */
  supersede(eventId: EventId): boolean {
    const inferred = this.#inferred.get(eventId)
    if (inferred === undefined) return true
    const { entities, atMs } = inferred
    const results = entities.map((entity) => this.#groups.get(entity)?.remove({ eventId, atMs }, -1) ?? false)
    if (results.includes(false)) return false
    this.#inferred.delete(eventId)
    for (const entity of entities) {
      this.#size--
      const group = this.#groups.get(entity)
      if (group !== undefined) this.#touch(group)
    }
    return true
  }

  /**
   * What the events taken since the last call changed.
   * @param clockMs event time of the newest event of the whole stream, which seals and forgets
   * @param closingMs time up to which no further event is expected, which closes episodes
   */
  settle(clockMs: number, closingMs: number): AlertChange[] {
    const { latenessMs, report } = this.#options
    const closeBeforeMs = closingMs - this.rule.quietMs - latenessMs
    for (const group of this.#open) if ((group.open[0]?.lastMs ?? 0) < closeBeforeMs) this.#touched.add(group)
    const changes: AlertChange[] = []
    for (const group of this.#touched) {
      for (const change of group.changes(closeBeforeMs)) changes.push(change)
      if (group.open.length === 0) this.#open.delete(group)
      else this.#open.add(group)
      this.#resize(group, () => group.seal(clockMs - latenessMs))
      if (group.size > maxEntriesOfGroup) {
        report(watchProblems.crowded, `${this.rule.ruleId}: ${group.entity}`)
        this.#resize(group, () => group.truncate(maxEntriesOfGroup * 0.9))
      }
    }
    this.#touched.clear()
    if (this.#recall === null) {
      this.#turn(clockMs)
      this.#sweep(clockMs)
    }
    return changes
  }

  /** Begins to read again what is stored: events from `fromMs` on, of which those before `beforeMs` are final. */
  startRecall(range: RecallRange): void {
    this.#recall = range
  }

  /** Everything before `beforeMs` was read again: goes on with the episodes that were open there. */
  endRecall(open: ReadonlyMap<string, ResumedEpisode>): void {
    const { beforeMs } = this.#recall ?? { beforeMs: Number.NEGATIVE_INFINITY }
    this.#recall = null
    for (const entity of open.keys()) this.#groupOf(entity)
    for (const group of this.#groups.values()) {
      group.resume(open.get(group.entity) ?? null, beforeMs)
      this.#touched.add(group)
    }
  }

  /** Everything that is stored was read again. */
  resumed(): void {
    for (const group of this.#groups.values()) group.resumed()
  }

  /** Lets go of the entities that were quiet the longest, about that share of all. */
  evict(share: number): void {
    const times = Float64Array.from(this.#groups.values(), ({ newestMs }) => newestMs).toSorted()
    const limitMs = times[Math.floor(times.length * share)] ?? Number.POSITIVE_INFINITY
    for (const group of this.#groups.values()) {
      if (group.newestMs > limitMs) continue
      this.#options.report(watchProblems.entities, `${this.rule.ruleId}: ${group.entity}`)
      this.#drop(group)
    }
  }

  #arrival(event: AuditEvent, index: number, entity: string): Arrival {
    const facts = this.rule.inputs[index]?.facts ?? noFacts
    const suppressed = this.#options.suppressed?.(event, this.rule.ruleId) ?? false
    const entry: Entry = {
      atMs: event.createdAt.getTime(),
      eventId: event.eventId,
      weight: weightOf(event),
      inputs: 1 << index,
      facts: facts.length === 0 ? noFacts : facts.map((read) => read(event)),
      suppressed,
      alertId: null,
    }
    return { entity, entry, feeds: this.#above.length === 0 ? null : this.#feeds(event) }
  }

  #feeds(event: AuditEvent): Feed[] {
    return this.#above.flatMap(({ runner, input }): Feed[] => {
      const arrival = runner.arrivalThrough(event, input)
      return arrival === null ? [] : [{ to: runner, arrival }]
    })
  }

  /** True if the entry was not there before. */
  #enter(arrival: Arrival): boolean {
    const group = this.#groupOf(arrival.entity)
    const result = group.add(arrival)
    if (result === 'late') this.#options.report(watchProblems.late, arrival.entry.eventId)
    if (result === 'added') {
      this.#size++
      if (arrival.entry.suppressed) this.#suppressed++
    }
    if (result === 'added' || result === 'joined') this.#touch(group)
    return result === 'added'
  }

  #groupOf(entity: string): Group {
    let group = this.#groups.get(entity)
    if (group === undefined) {
      group = new Group(this.#plan, entity)
      this.#groups.set(entity, group)
    }
    return group
  }

  #infer({ entity, entry: { eventId, atMs } }: Arrival): void {
    const { entities } = this.#inferred.get(eventId) ?? { entities: [] }
    this.#inferred.set(eventId, { entities: [...entities, entity], atMs })
  }

  #touch(group: Group): void {
    if (this.#recall !== null) return
    this.#touched.add(group)
    this.#young.add(group)
  }

  /** Groups that got nothing for a turn, which is the lateness, are final: what they do not need is forgotten. */
  #turn(clockMs: number): void {
    const { latenessMs } = this.#options
    if (clockMs < this.#turnedAtMs + Math.max(latenessMs, leastSweepMs)) return
    for (const group of this.#ageing) {
      if (this.#young.has(group)) continue
      this.#resize(group, () => group.seal(clockMs - latenessMs))
      if (group.isEmpty) this.#drop(group)
    }
    this.#ageing = this.#young
    this.#young = new Set()
    this.#turnedAtMs = clockMs
  }

  /** Groups that the stream has left behind. One that still gets events, however old, is left until it gets none. */
  #sweep(clockMs: number): void {
    // So that going through all of them costs little beside what comes in meanwhile.
    if (clockMs < this.#sweptAtMs + Math.max(this.horizonMs / 8, leastSweepMs)) return
    for (const group of this.#groups.values()) {
      const isTouched = this.#young.has(group) || this.#ageing.has(group)
      if (group.newestMs < clockMs - this.horizonMs && !isTouched) this.#drop(group)
    }
    for (const [eventId, { atMs }] of this.#inferred) {
      if (atMs < clockMs - this.horizonMs) this.#inferred.delete(eventId)
    }
    this.#sweptAtMs = clockMs
  }

  #drop(group: Group): void {
    this.#groups.delete(group.entity)
    this.#open.delete(group)
    this.#touched.delete(group)
    this.#size -= group.size
  }

  #resize(group: Group, change: () => void): void {
    const before = group.size
    change()
    this.#size += group.size - before
  }
}
