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

export interface EngineOfRules {
  /**
   * Takes stored events, in any order and in any portions, and says what they changed. Events that come at most
   * `latenessMs` after the newest are placed where they belong, so the alerts depend on the events alone.
   * @param nowMs the store's time, if there is one: an event further ahead of it than `latenessMs` moves no clock
   */
  push(events: readonly AuditEvent[], nowMs?: number): AlertChange[]
  /** Says that there are no more events up to `nowMs`: closes episodes that have been quiet for long enough. */
  advance(nowMs: number): AlertChange[]
  /**
   * Puts an engine that has seen nothing yet to where another stood.
   * @param newestMs the newest event time of that one
   * @param nowMs the store's time
   */
  recall(newestMs: number, nowMs?: number): Recall
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
  let clockMs = Number.NEGATIVE_INFINITY
  let closingMs = Number.NEGATIVE_INFINITY

  /** Rules that are inputs of others come before these, which hear of their firings in between. */
  function settle(): AlertChange[] {
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

  function push(events: readonly AuditEvent[], nowMs = Number.POSITIVE_INFINITY): AlertChange[] {
    for (const event of events) {
      const atMs = event.createdAt.getTime()
      if (atMs > nowMs + latenessMs) report(watchProblems.future, event.eventId)
      else clockMs = Math.max(clockMs, atMs)
      take(event)
    }
    closingMs = Math.max(closingMs, clockMs)
    return settle()
  }

  return {
    push,
    advance(nowMs) {
      closingMs = Math.max(closingMs, nowMs)
      return settle()
    },
    recall(newestMs, nowMs) {
      return new Recall(planRecall(rules, newestMs, latenessMs), assembled, (events) => push(events, nowMs))
    },
    get clockMs() {
      return clockMs
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
