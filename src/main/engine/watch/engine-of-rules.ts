import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import type { AlertChange } from './alert-change.ts'
import type { Episode } from './episodes.ts'
import { RuleRunner, watchProblems, type ReportProblem } from './rule-runner.ts'
import { longestTimespanMs, type Rule } from './rule.ts'

export interface EngineOfRules {
  /**
   * Takes stored events, in any order and in any portions, and says what they changed. Events that come at most
   * `latenessMs` after the newest are placed where they belong, so the alerts depend on the events alone.
   * @param nowMs the store's time, if there is one: an event further ahead of it than `latenessMs` moves no clock
   */
  push(events: readonly AuditEvent[], nowMs?: number): AlertChange[]
  /** Says that there are no more events up to `nowMs`: closes episodes that have been quiet for long enough. */
  advance(nowMs: number): AlertChange[]
  /** Puts an engine that has seen nothing yet to where another stood; see Resumption. */
  resume(from: Resumption): void
  /** Event time (ms) of the newest event that was not in the future; -Infinity before the first. */
  readonly clockMs: number
  /** How far back of its clock an engine must read to know what another knew, and the windows then reach further. */
  readonly horizonMs: number
  readonly reachMs: number
  /** Alerts whose episodes may still grow. */
  readonly openAlerts: readonly AlertId[]
  /** Events remembered, each once a rule. */
  readonly entries: number
}

export interface Resumption {
  /** Events before this time (ms) are final. */
  beforeMs: number
  /** Events of the `reachMs` before it: what the first windows after it still see. */
  earlier: readonly AuditEvent[]
  /** Episodes that were open at that time, by rule and entity. */
  open: ReadonlyMap<string, ReadonlyMap<string, Episode>>
}

/** Runs rules over events without any input, output or clock: live, in a back-test and over a pack it is the same code. */
export function createEngineOfRules(
  rules: readonly Rule[],
  options: { latenessMs: number; report?: ReportProblem },
): EngineOfRules {
  const { latenessMs, report = () => {} } = options
  const runners = rules.map((rule) => new RuleRunner(rule, latenessMs, report))
  let clockMs = Number.NEGATIVE_INFINITY
  let closingMs = Number.NEGATIVE_INFINITY

  const settle = () => runners.flatMap((runner) => runner.settle(clockMs, closingMs))

  return {
    push(events, nowMs = Number.POSITIVE_INFINITY) {
      for (const event of events) {
        const atMs = event.createdAt.getTime()
        if (atMs > nowMs + latenessMs) report(watchProblems.future, event.eventId)
        else clockMs = Math.max(clockMs, atMs)
        for (const runner of runners) runner.take(event)
      }
      closingMs = Math.max(closingMs, clockMs)
      return settle()
    },
    advance(nowMs) {
      closingMs = Math.max(closingMs, nowMs)
      return settle()
    },
    resume({ beforeMs, earlier, open }) {
      for (const runner of runners) runner.resume(earlier, open.get(runner.rule.ruleId) ?? new Map(), beforeMs)
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
    horizonMs: Math.max(0, ...runners.map((runner) => runner.horizonMs)),
    reachMs: Math.max(0, ...rules.map(longestTimespanMs)),
  }
}
