import type { AuditEvent } from '../../../shared/model/event.ts'
import type { EventId } from '../../../shared/model/ids.ts'
import { tellAbove, type Feed } from './chain.ts'
import { ColdLearners } from './cold/cold-learners.ts'
import { isSame, placeOf, type EntryKey } from './entry.ts'
import type { GroupTable } from './group-table.ts'
import { forgetAfterMs, learn, type Learned } from './learner.ts'
import { watchProblems, type ReportProblem } from './problems.ts'
import type { RuleRunner } from './rule-runner.ts'
import type { UnseenInput } from './rule.ts'
import type { FieldValue } from './rules/fields.ts'

/** One whose values are learned: what is final is what is known, and the events after it are learned from anew when one joins them. */
interface Learner {
  readonly name: string
  known: Learned | null
  /** In order; null while all is final. */
  pending: Sight[] | null
}

/** An event that is not final, and the value it shows. */
interface Sight extends EntryKey {
  value: FieldValue
  event: AuditEvent
  fires: boolean
  /** How it enters the rules above, once it has fired: few ever do. */
  feeds: readonly Feed[] | null
}

const leastTurnMs = 10_000
/** As measured, with a few values. */
const bytesOfLearner = 250
/** A learner may be an object for so many groups that may. */
const groupsForLearner = 5
/** Whoever is to be forgotten is new again in any case: this only frees memory, and looks at everybody. */
const forgetEveryMs = 86_400_000

/**
 * Finds events whose value is new for whoever they are of. It stands below rules like a rule that raises nothing, and is a
 * function of the events alone as they are, but remembers of what is final no events, only the values.
 */
export class LearningSource {
  readonly #input: UnseenInput
  readonly #latenessMs: number
  readonly #report: ReportProblem
  readonly #above: { runner: RuleRunner; input: number }[] = []
  /** Those that are objects, the ones that became quiet last at the end. */
  readonly #learners = new Map<string, Learner>()
  readonly #hotLimit: number
  readonly #cold: ColdLearners
  readonly #touched = new Set<Learner>()
  readonly #inferred = new Map<EventId, { learner: Learner; sight: Sight }>()
  /** Events before this time are final: they come by `recall`. */
  #startMs = Number.NEGATIVE_INFINITY
  #pending = new Set<Learner>()
  #turnedAtMs = Number.NEGATIVE_INFINITY
  #forgotAtMs = Number.NEGATIVE_INFINITY

  constructor(
    input: UnseenInput,
    { table, latenessMs, report }: { table: GroupTable; latenessMs: number; report: ReportProblem },
  ) {
    this.#input = input
    this.#hotLimit = table.hotLimit / groupsForLearner
    this.#cold = new ColdLearners(table.cold, forgetAfterMs)
    this.#latenessMs = latenessMs
    this.#report = report
  }

  get input(): UnseenInput {
    return this.#input
  }

  /** About what its learners take. */
  get bytes(): number {
    return this.#learners.size * bytesOfLearner + this.#cold.bytes
  }

  feed(runner: RuleRunner, input: number): void {
    this.#above.push({ runner, input })
  }

  /** What lies before that time is not taken. */
  startAt(startMs: number): void {
    this.#startMs = startMs
  }

  take(event: AuditEvent): void {
    if (event.createdAt.getTime() < this.#startMs) return
    const met = this.#meet(event)
    if (met === null) return
    const { learner, value } = met
    const atMs = event.createdAt.getTime()
    // Events of one millisecond become final together.
    if (atMs <= (learner.known?.untilMs ?? Number.NEGATIVE_INFINITY)) {
      this.#report(watchProblems.late, event.eventId)
      return
    }
    const sight: Sight = { atMs, eventId: event.eventId, value, event, fires: false, feeds: null }
    if (learner.pending === null) {
      learner.pending = [sight]
    } else {
      const place = placeOf(learner.pending, sight)
      const there = learner.pending[place]
      if (there !== undefined && isSame(there, sight)) return
      learner.pending.splice(place, 0, sight)
    }
    this.#touched.add(learner)
    if (event.source === 'mirror') this.#inferred.set(event.eventId, { learner, sight })
  }

  /** Takes out an event that another supersedes. False when it is final: then it was learned from in place of the other. */
  supersede(eventId: EventId): boolean {
    const inferred = this.#inferred.get(eventId)
    if (inferred === undefined) return true
    const { learner, sight } = inferred
    const place = learner.pending?.indexOf(sight) ?? -1
    if (learner.pending === null || place < 0) return false
    learner.pending.splice(place, 1)
    this.#judge(sight, false)
    this.#inferred.delete(eventId)
    this.#touched.add(learner)
    return true
  }

  /** Tells the rules above what changed, and makes final what no late event can come before. */
  settle(clockMs: number): void {
    for (const learner of this.#touched) {
      this.#learnPending(learner)
      this.#pending.add(learner)
    }
    this.#touched.clear()
    if (clockMs < this.#turnedAtMs + Math.max(this.#latenessMs / 4, leastTurnMs)) return
    this.#turnedAtMs = clockMs
    for (const learner of this.#pending) {
      this.#seal(learner, clockMs - this.#latenessMs)
      if (learner.pending === null) this.#rest(learner)
    }
    this.#forget(clockMs)
    this.#pack()
  }

  /** An event of those that are final, as the store remembers it, in the order of event time. */
  recall(event: AuditEvent): void {
    const met = this.#meet(event)
    if (met === null) return
    const { learner, value } = met
    learner.known = learn(learner.known, { atMs: event.createdAt.getTime(), value }, this.#input).learned
    this.#pack()
  }

  #meet(event: AuditEvent) {
    if (!this.#input.matches(event)) return null
    const name = this.#input.learnerOf(event)
    const value = this.#input.valueOf(event)
    if (name === null || value === null) return null
    let learner = this.#learners.get(name)
    if (learner === undefined) {
      learner = { name, known: this.#cold.take(name), pending: null }
      this.#learners.set(name, learner)
    }
    return { learner, value }
  }

  #feeds(event: AuditEvent): Feed[] {
    return this.#above.flatMap(({ runner, input }): Feed[] => {
      const arrival = runner.arrivalThrough(event, input)
      return arrival === null ? [] : [{ to: runner, arrival }]
    })
  }

  #learnPending({ known, pending }: Learner): void {
    let learned = known
    for (const sight of pending ?? []) {
      const lesson = learn(learned, sight, this.#input)
      learned = lesson.learned
      this.#judge(sight, lesson.unseen)
    }
  }

  #judge(sight: Sight, fires: boolean): void {
    if (sight.fires === fires) return
    sight.fires = fires
    tellAbove((sight.feeds ??= this.#feeds(sight.event)), fires)
  }

  #seal(learner: Learner, beforeMs: number): void {
    const { pending } = learner
    if (pending === null) return
    let count = 0
    for (const sight of pending) {
      if (sight.atMs >= beforeMs) break
      learner.known = learn(learner.known, sight, this.#input).learned
      this.#inferred.delete(sight.eventId)
      count++
    }
    if (count === pending.length) learner.pending = null
    else pending.splice(0, count)
  }

  /** All of it is final. */
  #rest(learner: Learner): void {
    this.#pending.delete(learner)
    this.#learners.delete(learner.name)
    this.#learners.set(learner.name, learner)
  }

  /** Packs those that were quiet the longest, while there are more objects than there should be. */
  #pack(): void {
    if (this.#learners.size <= this.#hotLimit) return
    for (const [name, { known, pending }] of this.#learners) {
      if (this.#learners.size <= this.#hotLimit) return
      if (pending === null && known !== null && this.#cold.put(name, known)) this.#learners.delete(name)
    }
  }

  #forget(clockMs: number): void {
    if (clockMs < this.#forgotAtMs + forgetEveryMs) return
    this.#forgotAtMs = clockMs
    for (const [name, { known, pending }] of this.#learners) {
      if (pending === null && (known?.untilMs ?? 0) < clockMs - forgetAfterMs) this.#learners.delete(name)
    }
  }
}
