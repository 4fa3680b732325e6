import { readFile, writeFile } from 'node:fs/promises'
import { messageOf } from '../../shared/errors.ts'
import { BacktestProof } from '../../shared/model/backtest.ts'
import { TimeInput } from '../../shared/model/page.ts'
import type { EventsFrom } from '../engine/backtest-stores.ts'
import { performBacktest, verifyBacktest, type BacktestHost, type BacktestOutcome } from '../engine/backtest.ts'
import type { Config } from '../engine/config-schema.ts'
import { findingLine } from '../engine/watch/backtest/finding-line.ts'
import { createEnrichment } from '../engine/watch/enrich/enrichment.ts'
import { ruleFolders } from '../engine/watch/rules/folders.ts'
import { loadRules, type LoadedFile } from '../engine/watch/rules/load.ts'
import { createLogger } from '../log.ts'
import { backtestSummary } from './backtest-summary.ts'
import {
  choiceOption,
  refuseWords,
  textOption,
  UsageError,
  type CommandArgs,
  type LocalCommand,
  type LocalContext,
} from './command.ts'

export const backtest: LocalCommand = {
  usage:
    'backtest [--events FILE.jsonl] [--rules DIR] [--rule ID] [--threshold N] [--curve] [--proof FILE | --verify FILE]',
  does: 'runs rules over past events and prints the alerts that they would raise, as JSON Lines; says the rest on stderr',
  options: {
    events: { type: 'string', does: 'read a file of events, as the queue or an export has them, instead of a store' },
    store: { type: 'string', does: 'read auto (PostgreSQL, else the cache; default), postgres or cache' },
    from: { type: 'string', does: 'alerts with an event at this time (ISO 8601) or later' },
    to: { type: 'string', does: 'events before this time' },
    rules: { type: 'string', does: 'folder of rules that join those shipped, instead of watch.rulesDir' },
    rule: { type: 'string', does: 'this rule alone' },
    threshold: { type: 'string', does: 'the rule with this number as its threshold' },
    curve: { type: 'boolean', does: 'print alerts and entities against the threshold instead of the alerts' },
    evidence: { type: 'boolean', does: 'print the events of each alert with it' },
    unsuppressed: { type: 'boolean', does: 'as if there were no suppressions' },
    proof: { type: 'string', does: 'write what was run over what, and what came of it, to this file' },
    verify: { type: 'string', does: 'run a proof again, and say whether it holds' },
  },
  needs: 'nothing',
  async run(context) {
    const { args } = context
    refuseWords(args, 'backtest')
    const proofFile = textOption(args, 'verify')
    if (proofFile !== undefined) return verify(context, proofFile)
    const rule = textOption(args, 'rule') ?? null
    const threshold = thresholdOption(args)
    const curve = args.options['curve'] === true
    if (rule === null && (curve || threshold !== null)) throw new UsageError('--threshold and --curve need --rule ID')
    const input = {
      ruleId: rule,
      threshold,
      curve,
      draft: null,
      from: timeOption(args, 'from'),
      to: timeOption(args, 'to'),
      suppressions: args.options['unsuppressed'] !== true,
    }
    const from = eventsFrom(args)
    const config = from.kind === 'file' ? context.config : await context.withStores()
    const files = await rulesInUse(context, config)
    const task = { config, input, from, files, evidence: args.options['evidence'] === true }
    const outcome = await performBacktest(task, hostOf(context))
    const target = textOption(args, 'proof')
    if (target !== undefined) await writeFile(target, `${JSON.stringify(outcome.result.proof, null, 2)}\n`)
    // Last, because whoever reads may have seen enough (`| head`), which ends the program.
    print(context, outcome)
  },
}

function print({ args, line, note }: LocalContext, { result, findings, evidenceOf }: BacktestOutcome): void {
  if (result.curve !== null) for (const point of result.curve.points) line(JSON.stringify(point))
  else {
    const isFull = args.options['evidence'] === true
    for (const finding of findings) line(findingLine(finding, isFull ? evidenceOf(finding.alertId) : undefined))
  }
  if (args.options['json'] !== true) return note(backtestSummary(result))
  const { alerts, entities, proof: _proof, ...rest } = result
  note(JSON.stringify({ ...rest, alerts: alerts.total, entities: entities.total }))
}

async function verify(context: LocalContext, file: string): Promise<void> {
  const proof = await readProof(file)
  const { kind, name } = proof.source
  const given = eventsFrom(context.args)
  if (kind === 'file' && given.kind !== 'file')
    throw new UsageError(`the proof is of a file: name it, --events ${name}`)
  if (kind !== 'file' && given.kind === 'file') throw new UsageError('the proof is not of a file: leave --events out')
  const config = kind === 'file' ? context.config : await context.withStores()
  const from = given.kind === 'file' ? given : { kind: given.kind === 'auto' && kind !== 'file' ? kind : given.kind }
  const files = await rulesInUse(context, config)
  const verdict = await verifyBacktest(proof, { config, from, files }, hostOf(context))
  context.answer(verdict, () =>
    [
      verdict.holds ? `The proof holds: ${proof.statement}` : `The proof does not hold: ${proof.statement}`,
      ...verdict.differences.map(({ what, claimed, found }) => `  ${what}: ${claimed} in the proof, ${found} now`),
      ...(verdict.rulesChanged ? ['The rules in use are others than those of the proof, which were run.'] : []),
    ].join('\n'),
  )
  if (!verdict.holds) process.exitCode = 1
}

async function readProof(file: string): Promise<BacktestProof> {
  try {
    return BacktestProof.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new UsageError(`${file} is no proof of a back-test: ${messageOf(error)}`)
  }
}

const hostOf = ({ signal }: LocalContext): BacktestHost => ({
  log: createLogger('backtest', 'error'),
  signal,
  onProgress: () => undefined,
})

function eventsFrom(args: CommandArgs): EventsFrom {
  const path = textOption(args, 'events')
  const store = choiceOption(args, 'store', ['auto', 'postgres', 'cache'])
  if (path === undefined) return { kind: store }
  if (args.options['store'] !== undefined) throw new UsageError('--events and --store exclude each other')
  return { kind: 'file', path }
}

/** The rule files as the watcher reads them. One that is refused is named, and the command fails when it is done. */
async function rulesInUse({ args, note }: LocalContext, config: Config): Promise<readonly LoadedFile[]> {
  const enrichment = createEnrichment(config.watch, (reason, key) => note(`${reason}: ${key}`))
  await enrichment.look()
  const rulesDir = textOption(args, 'rules') ?? config.watch.rulesDir
  const folders = ruleFolders({ home: config.home, watch: { rulesDir } })
  const loaded = await loadRules(folders, enrichment.environment)
  await enrichment.close()
  for (const { message } of loaded.refused) note(`refused: ${message}`)
  if (loaded.refused.length > 0) process.exitCode = 1
  return loaded.files
}

function thresholdOption(args: CommandArgs): number | null {
  const text = textOption(args, 'threshold')
  if (text === undefined) return null
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) throw new UsageError(`--threshold takes a number, not "${text}"`)
  return number
}

function timeOption(args: CommandArgs, name: string): Date | null {
  const text = textOption(args, name)
  if (text === undefined) return null
  const time = TimeInput.safeParse(text)
  if (!time.success) throw new UsageError(`--${name} takes a time such as 2026-03-02T08:00:00Z, not "${text}"`)
  return time.data
}
