import { Button, Modal } from '@mantine/core'
import { useEngine } from '../../../../api/engine.ts'
import { useStore } from '../../../../app/store.ts'
import { ErrorNote } from '../../../../components/ErrorNote.tsx'
import { reopenEditor } from '../editor/editor-store.ts'
import { asked, backtest, closeBacktest, runBacktest } from './backtest-store.ts'
import { BacktestForm } from './BacktestForm.tsx'
import { Result } from './Result.tsx'
import { Running } from './Running.tsx'
import classes from './Backtest.module.css'

/** Runs rules over what is past: what they would have shown, and what another threshold or another text would change. */
export function BacktestDialog() {
  const engine = useEngine()
  const question = useStore(asked)
  const run = useStore(backtest)
  return (
    <Modal opened={question?.isOpen === true} onClose={closeBacktest} title={question?.title ?? ''} size={960}>
      {question !== null && (
        <BacktestForm
          key={question.title}
          question={question}
          isRunning={run?.state === 'running'}
          onRun={(input) => void runBacktest(engine, input)}
        />
      )}
      {question?.draft != null && (
        <Button
          className={classes.back}
          onClick={() => {
            closeBacktest()
            reopenEditor()
          }}
        >
          Back to the text of {question.draft.file}
        </Button>
      )}
      <Running run={run} what="back-test" />
      {run?.state === 'failed' && <ErrorNote error={run.error} />}
      {run?.state === 'done' && <Result result={run.outcome} />}
    </Modal>
  )
}
