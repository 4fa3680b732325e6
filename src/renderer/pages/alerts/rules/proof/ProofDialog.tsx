import { FileButton, Button, Modal } from '@mantine/core'
import { useState } from 'react'
import type { BacktestProof, ProofVerdict } from '../../../../../shared/model/backtest.ts'
import { useEngine } from '../../../../api/engine.ts'
import { useStore } from '../../../../app/store.ts'
import { ActButton } from '../../../../components/ActButton.tsx'
import { Moment } from '../../../../components/Age.tsx'
import { ErrorNote } from '../../../../components/ErrorNote.tsx'
import { Facts } from '../../../../components/Facts.tsx'
import { Mark } from '../../../../components/Mark.tsx'
import { ScrollTable } from '../../../../components/table/ScrollTable.tsx'
import { formatNumber } from '../../../../text/format.ts'
import { EventSourceSelect } from '../backtest/EventSourceSelect.tsx'
import { fileSource, sourceOf } from '../backtest/form-input.ts'
import { Running } from '../backtest/Running.tsx'
import { closeProof, proving, runProof, verification } from './proof-store.ts'
import { readProof } from './read-proof.ts'
import classes from '../backtest/Backtest.module.css'

/** Runs again what a proof says was run, and says whether the same comes of it. */
export function ProofDialog() {
  const asked = useStore(proving)
  return (
    <Modal opened={asked?.isOpen === true} onClose={closeProof} title="Verify the proof of a back-test" size={720}>
      <ProofFile />
      {asked?.proof != null && <Verification key={asked.proof.events.digest} proof={asked.proof} />}
    </Modal>
  )
}

/** The file is read here: the engine is given its contents when it is to be run. */
function ProofFile() {
  const [refusal, setRefusal] = useState<string | null>(null)
  const open = async (file: File | null) => {
    if (file === null) return
    const proof = await readProof(file)
    setRefusal(typeof proof === 'string' ? proof : null)
    if (typeof proof === 'string') return
    verification.set(null)
    proving.set({ proof, isOpen: true })
  }
  const isRunning = useStore(verification)?.state === 'running'
  return (
    <>
      <FileButton
        accept="application/json,.json"
        disabled={isRunning}
        inputProps={{ 'aria-label': 'File with a proof' }}
        onChange={(file) => void open(file)}
      >
        {(props) => (
          <Button {...props} data-autofocus>
            Open a proof…
          </Button>
        )}
      </FileButton>
      <p role="alert" className={classes.line}>
        {refusal !== null && <Mark tone="critical">{refusal}</Mark>}
      </p>
    </>
  )
}

const storeWords = { postgres: 'the audit store', cache: 'the cache', file: 'a file' } as const

function Verification({ proof }: { proof: BacktestProof }) {
  const engine = useEngine()
  const run = useStore(verification)
  const { kind, name, from, to } = proof.source
  const [source, setSource] = useState(kind === 'file' ? fileSource(name ?? '') : kind === 'cache' ? 'cache' : 'auto')
  const isRunning = run?.state === 'running'
  return (
    <>
      <p className={classes.statement}>{proof.statement}</p>
      <Facts
        facts={[
          ['Made', <Moment key="made" at={proof.madeAt} />],
          ['Read from', name ?? storeWords[kind]],
          ['From', from === null ? 'the beginning' : <Moment key="from" at={from} />],
          ['To before', to === null ? 'the end' : <Moment key="to" at={to} />],
          ['Rule', proof.rules.ruleId ?? 'all of its files'],
          ['Threshold', proof.rules.threshold === null ? null : formatNumber(proof.rules.threshold)],
          ['Rule files', proof.rules.files.map(({ file }) => file).join(', ')],
        ]}
      />
      <div className={classes.again}>
        <EventSourceSelect value={source} onChange={setSource} />
        <ActButton
          blocked={isRunning ? 'It runs.' : null}
          variant="filled"
          color="accent"
          className={classes.run}
          onClick={() => void runProof(engine, { proof, source: sourceOf(source) })}
        >
          Run it again
        </ActButton>
      </div>
      <Running run={run} what="proof" />
      {run?.state === 'failed' && <ErrorNote error={run.error} />}
      {run?.state === 'done' && <Verdict verdict={run.outcome} />}
    </>
  )
}

const Verdict = ({ verdict: { holds, differences, rulesChanged } }: { verdict: ProofVerdict }) => (
  <div role="status">
    <p className={classes.line}>
      <Mark tone={holds ? 'ok' : 'critical'}>{holds ? 'The proof holds.' : 'The proof does not hold.'}</Mark>
    </p>
    {rulesChanged && (
      <p className={classes.line}>The rules in use are others than those of the proof, which were run.</p>
    )}
    {differences.length > 0 && (
      <ScrollTable label="Differences" headings={['What', 'In the proof', 'Now']}>
        {differences.map(({ what, claimed, found }) => (
          <tr key={what}>
            <td>{what}</td>
            <td className="gh-mono">{claimed}</td>
            <td className="gh-mono">{found}</td>
          </tr>
        ))}
      </ScrollTable>
    )}
  </div>
)
