import { GatehouseError } from '../../shared/errors.ts'
import type { AlertEventRef, Finding } from '../../shared/model/alert.ts'
import type {
  BacktestInput,
  BacktestMessage,
  BacktestProof,
  BacktestResult,
  ProofVerdict,
} from '../../shared/model/backtest.ts'
import type { AlertId } from '../../shared/model/ids.ts'
import type { Logger } from '../log.ts'
import { openBacktestStores, type EventsFrom } from './backtest-stores.ts'
import type { Config } from './config-schema.ts'
import { digestOfFindings, digestOfSuppressions } from './watch/backtest/digest.ts'
import { planBacktest } from './watch/backtest/plan.ts'
import { progressTeller } from './watch/backtest/progress.ts'
import { inputOf, isIntact, judgeProof, proofOf } from './watch/backtest/proof.ts'
import { changeOf, entitiesOf, firstOf, rulesOf } from './watch/backtest/result-lists.ts'
import { runBacktest } from './watch/backtest/run.ts'
import { compileTried, filesOf } from './watch/backtest/trial-rules.ts'
import { createEnrichment } from './watch/enrich/enrichment.ts'
import type { SourceFile } from './watch/rules/rule-set.ts'
import { compileSuppressions, networksFrom } from './watch/suppress.ts'

/** A back-test as a thread or a command is given it. */
export interface BacktestTask {
  config: Config
  input: Omit<BacktestInput, 'source'>
  from: EventsFrom
  /** The rule files that are in use. */
  files: readonly SourceFile[]
  /** Whether the events of each alert are wanted. */
  evidence?: boolean
}

/** Where a proof's events are now, and the rules in use beside which its own are seen. */
export type ProofTask = Pick<BacktestTask, 'config' | 'from' | 'files'>

/** What a thread is started for. */
export type BacktestWork =
  | { kind: 'run'; task: BacktestTask }
  | { kind: 'verify'; proof: BacktestProof; task: ProofTask }

export interface BacktestHost {
  log: Logger
  signal: AbortSignal
  onProgress: (progress: Extract<BacktestMessage, { kind: 'progress' }>) => void
}

export interface BacktestOutcome {
  result: BacktestResult
  /** All of them. */
  findings: readonly Finding[]
  evidenceOf: (alertId: AlertId) => readonly AlertEventRef[]
}

/**
 * Runs rules over past events, as the watcher would have.
 * @throws GatehouseError INVALID_INPUT, NOT_FOUND, or for a store that is not there
 */
export async function performBacktest(task: BacktestTask, host: BacktestHost): Promise<BacktestOutcome> {
  const { config, input, files, evidence = false } = task
  const startedMs = performance.now()
  const enrichment = createEnrichment(config.watch, (reason, key) => host.log.warn({ key }, reason))
  await enrichment.open()
  const { environment } = enrichment
  const stores = await openBacktestStores(config, task.from, host.log)
  try {
    const { source } = stores
    const tried = compileTried(files, input.draft, environment)
    const plan = planBacktest(tried, { ...input, file: input.draft?.file ?? null })
    const suppressions = input.suppressions ? await stores.suppressions() : null
    // What is stored goes on growing: a run must say up to when it looked.
    const to = input.to ?? (source.kind === 'file' ? null : new Date())
    const span = {
      fromMs: input.from?.getTime() ?? Number.NEGATIVE_INFINITY,
      toMs: to?.getTime() ?? Number.POSITIVE_INFINITY,
    }
    const outcome = await runBacktest(plan, source, {
      span,
      untilMs: span.toMs,
      suppressed: suppressions === null ? null : compileSuppressions(suppressions, networksFrom(environment)),
      versions: environment.version,
      evidence,
      onProgress: progressTeller(host.onProgress, source.fraction),
      signal: host.signal,
    })
    const { findings, before, events, curve, suppressed, problems } = outcome
    const entities = entitiesOf(findings)
    const from = { kind: source.kind, name: source.name, from: input.from, to }
    const { badLines, outOfOrder } = source.faults()
    const uses = new Set(plan.trial.rules.flatMap((rule) => rule.uses))
    const proof = proofOf({
      files: filesOf(plan.trial.rules, tried.files, environment),
      ruleId: input.ruleId,
      threshold: input.threshold,
      madeAt: new Date(),
      source: from,
      events: { count: events.count + events.warmUp, digest: events.digest },
      suppressions: suppressions === null ? null : digestOfSuppressions(suppressions),
      lists: Object.fromEntries([...uses].toSorted().map((name) => [name, environment.version(name)])),
      result: { alerts: findings.length, entities: entities.length, digest: digestOfFindings(findings) },
    })
    const { digest: _digest, ...counted } = events
    const result: BacktestResult = {
      source: from,
      events: { ...counted, outOfOrder },
      badLines,
      alerts: firstOf(findings),
      rules: rulesOf(findings),
      entities: firstOf(entities),
      suppressed,
      curve,
      change: before === null ? null : changeOf(before, findings),
      problems,
      proof,
      tookMs: performance.now() - startedMs,
    }
    return { result, findings, evidenceOf: outcome.evidenceOf }
  } finally {
    await Promise.all([stores.close(), enrichment.close()])
  }
}

/**
 * Runs again what a proof says was run.
 * @throws GatehouseError INVALID_INPUT for a proof whose texts were changed
 */
export async function verifyBacktest(
  proof: BacktestProof,
  { config, from, files }: ProofTask,
  host: BacktestHost,
): Promise<ProofVerdict> {
  if (!isIntact(proof)) {
    throw new GatehouseError('INVALID_INPUT', 'The proof was changed: a text in it has another SHA-256 than it says.')
  }
  const { result } = await performBacktest({ config, input: inputOf(proof), from, files: proof.rules.files }, host)
  return judgeProof(proof, result.proof, files)
}
