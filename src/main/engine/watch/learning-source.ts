import type { AuditEvent } from '../../../shared/model/event.ts'
import type { EventId } from '../../../shared/model/ids.ts'
import { Firings, type Feed } from './chain.ts'
import { isSame, placeOf, type Entry } from './entry.ts'
import { forgetAfterMs, learn, type Learned } from './learner.ts'
import { watchProblems, type ReportProblem } from './problems.ts'
import type { RuleRunner } from './rule-runner.ts'
import type { UnseenInput } from './rule.ts'

/** One whose values are learned: what is final is what is known, and the events after it are learned from anew when one joins them. */
interface Learner {
  known: Learned | null
  /** In order; null while all is final. */
  pending: { entries: Entry[]; firings: Firings } | null
}

const leastTurnMs = 10_000
/** As measured, with a few values. */
const bytesOfLearner = 250
const forgetEveryMs = 3_600_000

/**
 * Finds events whose value is new for whoever they are of. It stands below rules like a rule that raises nothing, and is a
 * function of the events alone as they are, but remembers of what is final no events, only the values.
 */
export class LearningSource {
  readonly #input: UnseenInput
  readonly #latenessMs: number
  readonly #report: ReportProblem
  readonly #above: { runner: RuleRunner; input: number }[] = []
  readonly #learners = new Map<string, Learner>()
  readonly #touched = new Set<Learner>()
  readonly #inferred = new Map<EventId, { learner: Learner; entry: Entry }>()
  /** Events before this time are final: they come by `recall`. */
  #startMs = Number.NEGATIVE_INFINITY
  #pending = new Set<Learner>()
  #turnedAtMs = Number.NEGATIVE_INFINITY
  #forgotAtMs = Number.NEGATIVE_INFINITY

  constructor(input: UnseenInput, latenessMs: number, report: ReportProblem) {
    this.#input = input
    this.#latenessMs = latenessMs
    this.#report = report
  }

  get input(): UnseenInput {
    return this.#input
  }

  /** About what its learners take. */
  get bytes(): number {
    return this.#learners.size * bytesOfLearner
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
    const entry = entryOf(event, value)
    // Entries of one millisecond become final together.
    if (entry.atMs <= (learner.known?.untilMs ?? Number.NEGATIVE_INFINITY)) {
      this.#report(watchProblems.late, event.eventId)
      return
    }
    learner.pending ??= { entries: [], firings: new Firings() }
    const { entries, firings } = learner.pending
    const place = placeOf(entries, entry)
    const there = entries[place]
    if (there !== undefined && isSame(there, entry)) return
    entries.splice(place, 0, entry)
    firings.watch(entry, this.#feeds(event))
    this.#touched.add(learner)
    if (event.source === 'mirror') this.#inferred.set(event.eventId, { learner, entry })
  }

  /** Takes out an event that another supersedes. False when it is final: then it was learned from in place of the other. */
  supersede(eventId: EventId): boolean {
    const inferred = this.#inferred.get(eventId)
    if (inferred === undefined) return true
    const { learner, entry } = inferred
    const place = learner.pending?.entries.indexOf(entry) ?? -1
    if (learner.pending === null || place < 0) return false
    learner.pending.entries.splice(place, 1)
    learner.pending.firings.drop(entry)
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
      if (learner.pending === null) this.#pending.delete(learner)
    }
    this.#forget(clockMs)
  }

  /** An event of those that are final, as the store remembers it, in the order of event time. */
  recall(event: AuditEvent): void {
    const met = this.#meet(event)
    if (met === null) return
    const { learner, value } = met
    learner.known = learn(learner.known, { atMs: event.createdAt.getTime(), value }, this.#input).learned
  }

  #meet(event: AuditEvent) {
    if (!this.#input.matches(event)) return null
    const name = this.#input.learnerOf(event)
    const value = this.#input.valueOf(event)
    if (name === null || value === null) return null
    let learner = this.#learners.get(name)
    if (learner === undefined) {
      learner = { known: null, pending: null }
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
    for (const entry of pending?.entries ?? []) {
      const lesson = learn(learned, { atMs: entry.atMs, value: entry.facts[0] ?? null }, this.#input)
      learned = lesson.learned
      pending?.firings.judge(entry, lesson.unseen)
    }
  }

  #seal(learner: Learner, beforeMs: number): void {
    const { pending } = learner
    if (pending === null) return
    let count = 0
    for (const entry of pending.entries) {
      if (entry.atMs >= beforeMs) break
      learner.known = learn(learner.known, { atMs: entry.atMs, value: entry.facts[0] ?? null }, this.#input).learned
      pending.firings.settle(entry)
      this.#inferred.delete(entry.eventId)
      count++
    }
    pending.entries.splice(0, count)
    if (pending.entries.length === 0) learner.pending = null
  }

  #forget(clockMs: number): void {
    if (clockMs < this.#forgotAtMs + forgetEveryMs) return
    this.#forgotAtMs = clockMs
    for (const [name, { known, pending }] of this.#learners) {
      if (pending === null && (known?.untilMs ?? 0) < clockMs - forgetAfterMs) this.#learners.delete(name)
    }
  }
}

const entryOf = (event: AuditEvent, value: Entry['facts'][number]): Entry => ({
  atMs: event.createdAt.getTime(),
  eventId: event.eventId,
  weight: 1,
  inputs: 1,
  facts: [value],
  suppressed: false,
  alertId: null,
})
