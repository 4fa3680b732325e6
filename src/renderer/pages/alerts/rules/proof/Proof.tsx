import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { BacktestProof } from '../../../../../shared/model/backtest.ts'
import { useEngine } from '../../../../api/engine.ts'
import { ErrorNote } from '../../../../components/ErrorNote.tsx'
import { Icon } from '../../../../components/Icon.tsx'
import { JsonView } from '../../../../components/JsonView.tsx'
import { copyText } from '../../../../text/clipboard.ts'
import { closeBacktest } from '../backtest/backtest-store.ts'
import { askProof } from './proof-store.ts'
import classes from '../backtest/Backtest.module.css'

/** What was run over what and came of it, in one text: whoever has the same events can run it again. */
export function Proof({ proof }: { proof: BacktestProof }) {
  const [said, setSaid] = useState<string | null>(null)
  const { client, saveExport } = useEngine()
  const save = useMutation({
    mutationFn: async () => saveExport(await client.reports.proof(proof)),
    onSuccess: (outcome) => setSaid(outcome === 'saved' ? 'Saved' : 'Not saved'),
  })
  const text = JSON.stringify(proof, null, 2)
  return (
    <section aria-labelledby="backtest-proof">
      <h3 id="backtest-proof">Proof</h3>
      <p className={classes.statement}>{proof.statement}</p>
      <div className={classes.buttons}>
        <Button
          leftSection={<Icon name="copy" />}
          onClick={() =>
            void copyText(text).then((isDone) => setSaid(isDone ? 'Copied' : 'The browser refused to copy'))
          }
        >
          Copy the proof
        </Button>
        <Button leftSection={<Icon name="export" />} loading={save.isPending} onClick={() => save.mutate()}>
          Save the proof
        </Button>
        <Button
          leftSection={<Icon name="reload" />}
          onClick={() => {
            closeBacktest()
            askProof(proof)
          }}
        >
          Verify the proof…
        </Button>
        <span role="status" className="gh-muted">
          {said}
        </span>
      </div>
      {save.error !== null && <ErrorNote error={save.error} />}
      <details>
        <summary>All of it</summary>
        <JsonView label="Proof of the back-test" text={text} />
      </details>
    </section>
  )
}
