import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import { Ageing } from './ageing.ts'
import type { VersionOf } from './alarm.ts'
import type { AlertChange } from './alert-change.ts'
import type { Arrival, Feed, Receiver } from './chain.ts'
import type { Entry, EntryKey } from './entry.ts'
import type { GroupTable } from './group-table.ts'
import { Group, type ResumedEpisode } from './group.ts'
import { planOf, type Plan } from './plan.ts'
import { watchProblems, type ReportProblem } from './problems.ts'
import type { RecallRange } from './recall-ranges.ts'
import type { Rule } from './rule.ts'
import { readTogether } from './rules/fact-table.ts'
import { Waiting } from './waiting.ts'
import { weightOf } from './weight.ts'

/** What one entity may hold. */
const maxEntriesOfGroup = 20_000
/** What an entry and a group take, as measured, with their ids and with what the table of groups needs. */
const bytesOfEntry = 250
const bytesOfGroup = 400
const entriesToSeal = 16
const noFacts: readonly [] = []

export interface RunnerOptions {
  table: GroupTable
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
  /** Of each input, the fields that entries remember. */
  readonly #readFacts: readonly ((event: AuditEvent) => Entry['facts'])[]
  /** Rules that have this one as an input, and as which. */
  readonly #above: { runner: RuleRunner; input: number }[] = []
  #touched: Group[] = []
  readonly #open = new Set<Group>()
  /** What has no group yet, and may never need one. */
  readonly #waiting = new Waiting()
  /** Counted events that the mirror inferred: the application's own report may take their place. */
  readonly #inferred = new Map<EventId, { entities: string[]; atMs: number }>()
  /** `isPlain`: what it reads comes in the order of event time, and is final as it comes. */
  #recall: (RecallRange & { open: ReadonlyMap<string, ResumedEpisode>; isPlain: boolean }) | null = null
  /** Groups that were read again and are not settled yet. */
  #recalled: Set<Group> | null = null
  #suppressed = 0
  /** What lies before this time is final. */
  #finalMs = Number.NEGATIVE_INFINITY
  readonly #ageing: Ageing

  constructor(rule: Rule, options: RunnerOptions) {
    this.rule = rule
    this.#options = options
    this.#readFacts = rule.inputs.map(({ facts }) => readTogether(facts))
    const { table, latenessMs, versionOf } = options
    this.#plan = planOf(rule, { latenessMs, versionOf, cold: table.cold })
    this.#ageing = new Ageing(latenessMs)
    table.join(this.#plan)
  }

  get openAlerts(): AlertId[] {
    return [...this.#open].flatMap((group) => group.open.map(({ alertId }) => alertId))
  }

  get entries(): number {
    return this.#hotEntries + this.#plan.cold.entries
  }

  /** About what its groups take. */
  get bytes(): number {
    return this.#hotEntries * bytesOfEntry + this.#plan.groups * bytesOfGroup + this.#plan.cold.bytes
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
    let first: Arrival | null = null
    /** With aliases an event may be of several groups. */
    let others: Arrival[] | null = null
    for (const index of inputs) {
      const input = this.rule.inputs[index]
      if (input?.kind !== 'events' || !input.matches(event)) continue
      const entity = input.entityOf(event)
      if (entity === null) continue
      if (first === null) {
        first = this.#arrival(event, index, entity)
        continue
      }
      const twin = first.entity === entity ? first : others?.find((arrival) => arrival.entity === entity)
      if (twin === undefined) (others ??= []).push(this.#arrival(event, index, entity))
      else twin.entry.inputs |= 1 << index
    }
    if (first === null) return
    this.#bring(event, first)
    if (others !== null) for (const arrival of others) this.#bring(event, arrival)
  }

  #bring(event: AuditEvent, arrival: Arrival): void {
    if (this.#enter(arrival) && event.source === 'mirror') this.#infer(arrival)
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
    const group = this.#find(entity) ?? this.#awake(entity)
    const result = group?.remove(key, inputs, this.#finalMs) ?? false
    if (group === undefined || result === false) return
    if (result === 'removed') this.#plan.entries--
    this.#touch(group)
  }

  /** Takes out an event that another supersedes. False when it is final: then it counts for the other, too. */
  supersede(eventId: EventId): boolean {
    const inferred = this.#inferred.get(eventId)
    if (inferred === undefined) return true
    const { entities, atMs } = inferred
    const groups = entities.map((entity) => this.#find(entity) ?? this.#awake(entity))
    const results = groups.map((group) => group?.remove({ eventId, atMs }, -1, this.#finalMs) ?? false)
    if (results.includes(false)) return false
    this.#inferred.delete(eventId)
    for (const group of groups) {
      this.#plan.entries--
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
    const { latenessMs } = this.#options
    const closeBeforeMs = closingMs - this.rule.quietMs - latenessMs
    // What is read again comes in one rule after the other.
    if (this.#recall === null) this.#finalMs = Math.max(this.#finalMs, clockMs - latenessMs)
    for (const group of this.#open) if ((group.open[0]?.lastMs ?? 0) < closeBeforeMs) this.#touch(group)
    const changes: AlertChange[] = []
    const touched = this.#touched
    this.#touched = []
    for (const group of touched) {
      group.isTouched = false
      if (group.isDropped) continue
      for (const change of group.changes(closeBeforeMs)) changes.push(change)
      this.#afterChanges(group)
    }
    this.#turn(clockMs)
    return changes
  }

  /**
   * Begins to read again what is stored: events from `fromMs` on, of which those before `beforeMs` are final.
   * @param open the episodes that were open before `beforeMs`, by entity
   */
  startRecall(range: RecallRange, open: ReadonlyMap<string, ResumedEpisode>): void {
    // Firings come when the rules below are done, and count for those above.
    const isPlain = this.#above.length === 0 && this.rule.inputs.every(({ kind }) => kind === 'events')
    this.#recall = { ...range, open, isPlain }
    this.#recalled = new Set()
  }

  /** Everything before `beforeMs` was read again: goes on with the episodes that were open there. */
  endRecall(): void {
    if (this.#recall === null) return
    const { beforeMs, open } = this.#recall
    for (const entity of open.keys()) {
      const group = this.#find(entity) ?? this.#found(new Group(this.#plan, entity))
      this.#recalled?.add(group)
    }
    this.#recall = null
    for (const group of this.#recalled ?? []) {
      group.resume(open.get(group.entity) ?? null, beforeMs)
      this.#touch(group)
    }
  }

  /** Everything that is stored was read again. */
  resumed(): void {
    for (const group of this.#recalled ?? []) group.resumed()
    this.#recalled = null
  }

  /** Packs groups that are not quiet yet: they are unpacked when they are. */
  packYoung(): void {
    const { table } = this.#options
    if (this.#recalled !== null) return
    this.#ageing.pack(
      () => !table.isCrowded,
      (group) => group.list === null && table.packOne(group),
    )
  }

  /** Lets go of the entities that were quiet the longest, about that share of all. */
  evict(share: number): void {
    const { table, report } = this.#options
    const { cold } = this.#plan
    const groups = [...table.groupsOf(this.#plan)]
    const times = Float64Array.from([...groups.map(({ newestMs }) => newestMs), ...cold.newestTimes()]).toSorted()
    const limitMs = times[Math.floor(times.length * share)] ?? Number.POSITIVE_INFINITY
    const onGone = (entity: string) => report(watchProblems.entities, `${this.rule.ruleId}: ${entity}`)
    cold.forget(limitMs + 1, onGone)
    for (const group of groups) {
      if (group.newestMs > limitMs) continue
      onGone(group.entity)
      this.#drop(group)
    }
  }

  /** Entries that are not packed. */
  get #hotEntries(): number {
    return this.#plan.entries + this.#waiting.size
  }

  #arrival(event: AuditEvent, index: number, entity: string): Arrival {
    const suppressed = this.#options.suppressed?.(event, this.rule.ruleId) ?? false
    const entry: Entry = {
      atMs: event.createdAt.getTime(),
      eventId: event.eventId,
      weight: weightOf(event),
      inputs: 1 << index,
      facts: this.#readFacts[index]?.(event) ?? noFacts,
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
    const known = this.#find(arrival.entity)
    if (known === undefined && this.#recall === null && this.#plan.follows?.(arrival.entry) === true) {
      this.#waiting.add(arrival)
      return true
    }
    const group = known ?? this.#awake(arrival.entity)
    if (group !== undefined) return this.#add(arrival, group)
    this.#add(arrival, this.#found(new Group(this.#plan, arrival.entity)))
    return true
  }

  /** Makes the group of an entity that has none, if something waits for it. */
  #awake(entity: string): Group | undefined {
    const waiting = this.#waiting.take(entity)
    if (waiting.length === 0) return undefined
    const group = this.#found(new Group(this.#plan, entity))
    for (const arrival of waiting) this.#add(arrival, group)
    return group
  }

  /** True if the entry was not there before. */
  #add(arrival: Arrival, group: Group): boolean {
    const result = group.add(arrival, this.#finalMs)
    if (result === 'late') this.#options.report(watchProblems.late, arrival.entry.eventId)
    if (result === 'added') {
      this.#plan.entries++
      if (arrival.entry.suppressed) this.#suppressed++
    }
    if (result === 'added' || result === 'joined') this.#touch(group)
    return result === 'added'
  }

  #find(entity: string): Group | undefined {
    return this.#options.table.find(this.#plan, entity)
  }

  #found(group: Group): Group {
    this.#options.table.add(group)
    return group
  }

  #infer({ entity, entry: { eventId, atMs } }: Arrival): void {
    const entities = this.#inferred.get(eventId)?.entities ?? []
    if (!entities.includes(entity)) this.#inferred.set(eventId, { entities: [...entities, entity], atMs })
  }

  #touch(group: Group): void {
    if (group.isTouched) return
    group.list?.remove(group)
    this.#ageing.touch(group)
    if (this.#recall === null) {
      group.isTouched = true
      this.#touched.push(group)
    } else {
      this.#recalled?.add(group)
    }
  }

  #afterChanges(group: Group): void {
    if (group.open.length > 0) this.#open.add(group)
    else if (this.#open.size > 0) this.#open.delete(group)
    // Few entries are settled when the group gets no more.
    if (group.size < entriesToSeal) return
    this.#plan.entries -= group.seal(this.#finalMs)
    if (group.size <= maxEntriesOfGroup) return
    this.#options.report(watchProblems.crowded, `${this.rule.ruleId}: ${group.entity}`)
    this.#plan.entries -= group.truncate(maxEntriesOfGroup * 0.9)
  }

  /** What groups have that got nothing for the lateness is final: what they do not need is forgotten. */
  #turn(clockMs: number): void {
    if (this.#recall?.isPlain === false || !this.#ageing.turn(clockMs)) return
    const finalMs = clockMs - this.#options.latenessMs
    for (const group of this.#ageing.takeQuiet(clockMs, (entity) => this.#find(entity))) {
      group.list?.remove(group)
      if (this.#recall === null) this.#plan.entries -= group.settle(finalMs)
      else if (!this.#conclude(group, this.#recall.open)) continue
      if (group.isEmpty) this.#drop(group)
      // Clocks of producers may be ahead.
      else if (group.newestMs >= finalMs) this.#ageing.touch(group)
      else this.#plan.quiet.append(group)
    }
    this.#waiting.forget(finalMs)
    this.#expire(clockMs - this.#plan.horizonMs)
    for (const [eventId, { atMs }] of this.#inferred) {
      if (atMs < clockMs - this.#plan.horizonMs) this.#inferred.delete(eventId)
    }
  }

  /** Settles a group that was read again. False where an episode goes on from there, which hangs on what was before it. */
  #conclude(group: Group, open: ReadonlyMap<string, ResumedEpisode>): boolean {
    if (open.has(group.entity)) return false
    this.#plan.entries -= group.conclude()
    this.#recalled?.delete(group)
    return true
  }

  /** Lets go of the groups whose time has come. */
  #expire(beforeMs: number): void {
    for (const list of [this.#plan.quiet, this.#plan.kept]) {
      for (let group = list.first; group !== null && group.newestMs < beforeMs; group = list.first) this.#drop(group)
    }
  }

  #drop(group: Group): void {
    this.#options.table.drop(group)
    this.#open.delete(group)
  }
}
