import { hash } from 'node:crypto'
import type { BacktestInput, BacktestProof, ProofVerdict } from '../../../../shared/model/backtest.ts'
import type { SourceFile } from '../rules/rule-set.ts'

type Said = string | number | null | undefined

export const proofFormat = 'gatehouse-backtest-proof-1'

/** What a proof is made of. */
export type Proven = Pick<BacktestProof, 'source' | 'events' | 'suppressions' | 'lists' | 'result'> & {
  files: readonly SourceFile[]
  ruleId: string | null
  threshold: number | null
  madeAt: Date
}

type Stated = Pick<Proven, 'ruleId' | 'threshold' | 'source' | 'events' | 'result'>

export function proofOf({ files, ruleId, threshold, ...rest }: Proven): BacktestProof {
  return {
    format: proofFormat,
    statement: statementOf({ ruleId, threshold, ...rest }),
    rules: { files: files.map(({ file, text }) => ({ file, sha256: hash('sha256', text), text })), ruleId, threshold },
    ...rest,
  }
}

function statementOf({ ruleId, threshold, source, events, result }: Stated): string {
  const what = ruleId === null ? 'The rules' : `The rule ${ruleId}`
  const at = threshold === null ? '' : ` at ${threshold}`
  const where = { postgres: 'the audit store', cache: 'the cache', file: source.name ?? 'a file' }[source.kind]
  const [from, to] = [source.from, source.to].map((time) => time?.toISOString())
  const when = [from === undefined ? '' : ` from ${from}`, to === undefined ? '' : ` to before ${to}`].join('')
  const does = result.alerts === 0 ? 'would not fire' : `would raise ${result.alerts} alert(s)`
  return `${what}${at} ${does}: ${events.count} events of ${where}${when} were read.`
}

/** What must be asked to run a proof again. */
export const inputOf = ({ rules, source, suppressions }: BacktestProof): Omit<BacktestInput, 'source'> => ({
  from: source.from,
  to: source.to,
  ruleId: rules.ruleId,
  draft: null,
  threshold: rules.threshold,
  curve: false,
  suppressions: suppressions !== null,
})

/** Whether the texts of a proof are still those that it gives the hashes of. */
export const isIntact = ({ rules }: BacktestProof): boolean =>
  rules.files.every(({ sha256, text }) => hash('sha256', text) === sha256)

/** What a proof should say in words: these, too, may have been written by somebody else. A file may have another name now. */
const statementNow = ({ rules, source }: BacktestProof, { events, result }: BacktestProof): string =>
  statementOf({ ruleId: rules.ruleId, threshold: rules.threshold, source, events, result })

/**
 * Holds what was claimed against what came out when it was run again.
 * @param inUse the rule files that are in use now
 */
export function judgeProof(claimed: BacktestProof, found: BacktestProof, inUse: readonly SourceFile[]): ProofVerdict {
  const pairs: [string, Said, Said][] = [
    ['events', claimed.events.count, found.events.count],
    ['events, as a digest', claimed.events.digest, found.events.digest],
    ['suppressions', claimed.suppressions, found.suppressions],
    ...Object.keys({ ...claimed.lists, ...found.lists }).map((name): [string, Said, Said] => [
      `version of ${name}`,
      claimed.lists[name],
      found.lists[name],
    ]),
    ['alerts', claimed.result.alerts, found.result.alerts],
    ['entities', claimed.result.entities, found.result.entities],
    ['alerts, as a digest', claimed.result.digest, found.result.digest],
    ['what it says', claimed.statement, statementNow(claimed, found)],
  ]
  const differences = pairs
    .filter(([, said, is]) => said !== is)
    .map(([what, said, is]) => ({ what, claimed: String(said ?? 'none'), found: String(is ?? 'none') }))
  const texts = new Map(inUse.map(({ file, text }) => [file, text]))
  return {
    holds: differences.length === 0,
    differences,
    rulesChanged: claimed.rules.files.some(({ file, text }) => texts.get(file) !== text),
  }
}
