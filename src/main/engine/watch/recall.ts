import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertChange } from './alert-change.ts'
import type { AssembledRules } from './assemble-rules.ts'
import type { ResumedEpisode } from './group.ts'
import type { RecalledValues, RecallPlan, RecallRange } from './recall-ranges.ts'
import type { RuleRunner } from './rule-runner.ts'

/** Episodes that were open before the `beforeMs` of their rules, by rule and entity. */
export type OpenEpisodes = ReadonlyMap<string, ReadonlyMap<string, ResumedEpisode>>

/** How an engine that starts comes to where another one stood: it says what to read, and is given that. */
export class Recall {
  readonly plan: RecallPlan
  readonly #assembled: AssembledRules
  readonly #push: (events: readonly AuditEvent[]) => AlertChange[]
  /** Those that still read what is final, the ones that are done first before the others. */
  readonly #waiting: { runner: RuleRunner; range: RecallRange }[]

  /** @param push how the engine takes events */
  constructor(plan: RecallPlan, assembled: AssembledRules, push: (events: readonly AuditEvent[]) => AlertChange[]) {
    this.plan = plan
    this.#assembled = assembled
    this.#push = push
    const waiting = assembled.runners.flatMap((runner) => {
      const range = plan.ranges.get(runner.rule.ruleId)
      return range === undefined ? [] : [{ runner, range }]
    })
    this.#waiting = waiting.toSorted((a, b) => a.range.beforeMs - b.range.beforeMs)
    for (const { input, beforeMs } of plan.learned) {
      for (const source of assembled.learners) if (source.input.key === input.key) source.startAt(beforeMs)
    }
  }

  /** Episodes that were open when their rules' windows begin. Comes first. */
  open(episodes: OpenEpisodes): void {
    for (const { runner, range } of this.#waiting) {
      runner.startRecall(range, episodes.get(runner.rule.ruleId) ?? new Map())
    }
  }

  /** Sights of learned values: of each the first and the last one at least, in the order of event time. */
  learn({ input }: RecalledValues, sights: readonly AuditEvent[]): void {
    const source = this.#assembled.learners.find((one) => one.input.key === input.key)
    for (const event of sights) source?.recall(event)
  }

  /** Events of the plan's segments, in the order of event time. Returns what the rules say of them. */
  events(events: readonly AuditEvent[]): AlertChange[] {
    const changes: AlertChange[] = []
    let rest = events
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { beforeMs } = next.range
      const cut = rest.findIndex(({ createdAt }) => createdAt.getTime() >= beforeMs)
      if (cut < 0) break
      if (cut > 0) changes.push(...this.#push(rest.slice(0, cut)))
      rest = rest.slice(cut)
      this.#endNext()
    }
    return [...changes, ...this.#push(rest)]
  }

  /** There are no more events. */
  end(): AlertChange[] {
    while (this.#waiting.length > 0) this.#endNext()
    const changes = this.#push([])
    for (const runner of this.#assembled.runners) runner.resumed()
    return changes
  }

  #endNext(): void {
    this.#waiting.shift()?.runner.endRecall()
  }
}
