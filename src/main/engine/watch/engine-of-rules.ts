import { messageOf } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { VersionOf } from './alarm.ts'
import type { AlertChange } from './alert-change.ts'
import { assembleRules } from './assemble-rules.ts'
import { GroupTable } from './group-table.ts'
import { watchProblems, type ReportProblem } from './problems.ts'
import { planRecall } from './recall-ranges.ts'
import { Recall } from './recall.ts'
import type { Rule } from './rule.ts'
import { Watermark } from './watermark.ts'

export interface EngineOfRules {
  /**
   * Takes stored events, in any order and in any portions, and says what they changed. Events that come at most
   * `latenessMs` after those up to which the stream has come are placed where they belong, so the alerts depend on the
   * events alone.
   * @param nowMs the store's time, if there is one: an event further ahead of it than `latenessMs` moves no clock, and those
   * that come within seconds of it may come in any order (watermark.ts); without it, the newest event is the clock
   */
  push(events: readonly AuditEvent[], nowMs?: number): AlertChange[]
  /** Says that there are no more events up to `nowMs`: closes episodes that have been quiet for long enough. */
  advance(nowMs: number): AlertChange[]
  /**
   * Puts an engine that has seen nothing yet to where another stood.
   * @param markMs the event time up to which the stream had come
   * @param nowMs the store's time
   */
  recall(markMs: number, nowMs?: number): Recall
  /** Event time (ms) of the newest event that was not in the future; -Infinity before the first. */
  readonly clockMs: number
  /** Alerts whose episodes may still grow. */
  readonly openAlerts: readonly AlertId[]
  /** Events remembered, each once a rule. */
  readonly entries: number
  /** Entries that suppressions have hidden, each once a rule. */
  readonly suppressed: number
}

export interface EngineOptions {
  latenessMs: number
  report?: ReportProblem
  /** Whether a suppression that was in force at the time of the event hides it from the rule. */
  suppressed?: (event: AuditEvent, ruleId: string) => boolean
  /** The version of a list or database that rules use: what alerts name in `lists`. */
  versions?: VersionOf
  /** About how much memory all rules together may take. */
  maxBytes?: number
  /** How many groups of entities stay objects even if they are quiet: the others are packed, which changes no alert. */
  hotLimit?: number
}

/** Well within the heap of the engine's thread. */
const defaultMaxBytes = 1_000_000_000
/** Some 40 MB. */
const defaultHotLimit = 50_000

/** Runs rules over events without any input, output or clock: live, in a back-test and over a pack it is the same code. */
export function createEngineOfRules(rules: readonly Rule[], options: EngineOptions): EngineOfRules {
  const { latenessMs, report = () => {}, suppressed = null, versions = () => '' } = options
  const { maxBytes = defaultMaxBytes, hotLimit = defaultHotLimit } = options
  const table = new GroupTable(hotLimit)
  const assembled = assembleRules(rules, { table, latenessMs, report, suppressed, versionOf: versions })
  const { runners, learners, candidatesOf, learnersOf } = assembled
  const watermark = new Watermark()
  /** The store's time when it was last told. */
  let storeMs = Number.NEGATIVE_INFINITY
  let closingMs = Number.NEGATIVE_INFINITY

  /** Rules that are inputs of others come before these, which hear of their firings in between. */
  function settle(): AlertChange[] {
    const clockMs = watermark.at(storeMs)
    for (const learner of learners) learner.settle(clockMs)
    const changes = runners.flatMap((runner) => runner.settle(clockMs, closingMs))
    table.sweep(clockMs)
    table.pack()
    if (table.isCrowded) for (const runner of runners) runner.packYoung()
    const bytes = [...runners, ...learners].reduce((sum, source) => sum + source.bytes, 0)
    if (bytes > maxBytes) runners.reduce((a, b) => (b.bytes > a.bytes ? b : a)).evict(0.1)
    return changes
  }

  function take(event: AuditEvent): void {
    const superseded = event.metadata['supersedes']
    const counted = superseded === undefined ? null : holdersOf(superseded as EventId)
    for (const { runner, inputs } of candidatesOf(event.type)) {
      if (counted?.has(runner) !== true) runner.take(event, inputs)
    }
    for (const learner of learnersOf(event.type)) if (counted?.has(learner) !== true) learner.take(event)
  }

  /** Takes an event out wherever it is not final, and says where it is: there it counts for the one that supersedes it. */
  const holdersOf = (eventId: EventId) =>
    new Set([...runners, ...learners].filter((source) => !source.supersede(eventId)))

  /** @param arrivedMs when they arrived, by the store's time */
  function takeAll(events: readonly AuditEvent[], nowMs: number, arrivedMs = nowMs): AlertChange[] {
    storeMs = Math.max(storeMs, nowMs)
    for (const event of events) {
      const atMs = event.createdAt.getTime()
      if (atMs > nowMs + latenessMs) report(watchProblems.future, event.eventId)
      else watermark.see(atMs, arrivedMs)
      try {
        take(event)
      } catch (error) {
        // Read again, it would stop the watcher again, for good: what an attacker wrote must not be able to.
        report(watchProblems.unread, `${event.eventId}: ${messageOf(error)}`)
      }
    }
    closingMs = Math.max(closingMs, watermark.newestMs)
    return settle()
  }

  return {
    push: (events, nowMs = Number.POSITIVE_INFINITY) => takeAll(events, nowMs),
    advance(nowMs) {
      storeMs = Math.max(storeMs, nowMs)
      closingMs = Math.max(closingMs, nowMs)
      return settle()
    },
    recall(markMs, nowMs = Number.POSITIVE_INFINITY) {
      watermark.holdBack(markMs, nowMs)
      // They are read in order, up to where the stream had come and what came before its time.
      const again = (events: readonly AuditEvent[]) => takeAll(events, nowMs, Number.POSITIVE_INFINITY)
      return new Recall(planRecall(rules, markMs, latenessMs), assembled, again)
    },
    get clockMs() {
      return watermark.newestMs
    },
    get openAlerts() {
      return runners.flatMap((runner) => runner.openAlerts)
    },
    get entries() {
      return runners.reduce((sum, runner) => sum + runner.entries, 0)
    },
    get suppressed() {
      return runners.reduce((sum, runner) => sum + runner.suppressed, 0)
    },
  }
}
