import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Finding } from '../../../../shared/model/alert.ts'
import type { Curve } from '../../../../shared/model/backtest.ts'
import type { SuppressionTest } from '../suppress.ts'
import { EventDigest } from './digest.ts'
import type { BacktestPlan } from './plan.ts'
import type { EventSource, TimeSpan } from './source.ts'
import { TrialRun } from './trial-run.ts'
import { reachMs } from './trial.ts'

export interface RunOptions {
  /** The alerts that are wanted: those with an event in this time. */
  span: TimeSpan
  /** Time up to which there are no more events: what is quiet by then is closed. */
  untilMs: number
  suppressed: SuppressionTest | null
  versions: (name: string) => string
  evidence?: boolean
  onProgress: (progress: { events: number; alerts: number }) => void
  signal: AbortSignal
}

export interface RunOutcome {
  findings: Finding[]
  /** The same of the rules as they run now. */
  before: Finding[] | null
  curve: Curve | null
  events: { count: number; warmUp: number; from: Date | null; to: Date | null; digest: string }
  suppressed: number | null
  problems: { reason: string; count: number }[]
  evidenceOf: TrialRun['evidenceOf']
}

/**
 * Reads the events once, and lets all that is planned run over them side by side. What lies before the span is read as far
 * as windows reach back, so that its alerts are those that the watcher would have raised.
 */
export async function runBacktest(plan: BacktestPlan, source: EventSource, options: RunOptions): Promise<RunOutcome> {
  const { span, untilMs, suppressed, versions, evidence = false, onProgress, signal } = options
  const problems = new Map<string, number>()
  const shared = { versions, fromMs: span.fromMs, ...(suppressed === null ? {} : { suppressed }) }
  const trial = new TrialRun(plan.trial, {
    ...shared,
    evidence,
    report: (reason) => problems.set(reason, (problems.get(reason) ?? 0) + 1),
  })
  const before = plan.before === null ? null : new TrialRun(plan.before, shared)
  const curve = plan.curve === null ? null : new TrialRun(plan.curve.trial, shared)
  const runs = [trial, before, curve].filter((run) => run !== null)

  const digest = new EventDigest()
  const read = { count: 0, warmUp: 0, from: null as Date | null, to: null as Date | null }
  const reach = Math.max(reachMs(plan.trial), plan.before === null ? 0 : reachMs(plan.before))
  for await (const page of source.pages({ ...span, fromMs: span.fromMs - reach }, signal)) {
    signal.throwIfAborted()
    for (const run of runs) run.push(page)
    digest.add(page)
    const earlier = page.findIndex(({ createdAt }) => createdAt.getTime() >= span.fromMs)
    const warmUp = earlier < 0 ? page.length : earlier
    read.count += page.length - warmUp
    read.warmUp += warmUp
    read.from ??= page[warmUp]?.createdAt ?? null
    if (warmUp < page.length) read.to = page.at(-1)?.createdAt ?? read.to
    onProgress({ events: read.count, alerts: trial.count })
    // Whoever runs this beside other work lets that work go on.
    await nextTurn()
  }
  signal.throwIfAborted()
  for (const run of runs) run.end(untilMs)
  return {
    findings: trial.findings(),
    before: before?.findings() ?? null,
    curve: curve === null ? null : (plan.curve?.curve(curve.findings()) ?? null),
    events: { ...read, digest: digest.hex() },
    suppressed: suppressed === null ? null : trial.suppressed,
    problems: [...problems].map(([reason, count]) => ({ reason, count })),
    evidenceOf: (alertId) => trial.evidenceOf(alertId),
  }
}
