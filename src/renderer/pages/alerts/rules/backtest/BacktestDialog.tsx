import { Button, Modal, Progress } from '@mantine/core'
import { useEngine } from '../../../../api/engine.ts'
import { useStore } from '../../../../app/store.ts'
import { ErrorNote } from '../../../../components/ErrorNote.tsx'
import { Mark } from '../../../../components/Mark.tsx'
import { formatCount, formatDuration } from '../../../../text/format.ts'
import { asked, backtest, closeBacktest, runBacktest, type BacktestRun } from './backtest-store.ts'
import { BacktestForm } from './BacktestForm.tsx'
import { Result } from './Result.tsx'
import classes from './Backtest.module.css'

/** Runs rules over what is past: what they would have shown, and what another threshold would change. */
export function BacktestDialog() {
  const engine = useEngine()
  const question = useStore(asked)
  const run = useStore(backtest)
  const rule = question?.rule ?? null
  return (
    <Modal
      opened={question?.isOpen === true}
      onClose={closeBacktest}
      title={rule === null ? 'Back-test of every rule' : `Back-test: ${rule.title}`}
      size={960}
    >
      <BacktestForm
        key={rule?.ruleId ?? ''}
        rule={rule}
        isRunning={run?.state === 'running'}
        onRun={(input) => void runBacktest(engine, input)}
      />
      <div role="status" className={classes.status}>
        {run?.state === 'running' && <Running run={run} />}
        {run?.state === 'cancelled' && <Mark tone="none">Cancelled; nothing was kept.</Mark>}
      </div>
      {run?.state === 'failed' && <ErrorNote error={run.error} />}
      {run?.state === 'done' && <Result result={run.result} />}
    </Modal>
  )
}

const Running = ({ run }: { run: Extract<BacktestRun, { state: 'running' }> }) => (
  <div className={classes.running}>
    <Progress
      aria-label="How far the back-test is"
      value={(run.fraction ?? 0) * 100}
      color="var(--gh-accent)"
      className={classes.progress}
    />
    <span>
      {formatCount(run.events, 'event')} read, {formatCount(run.alerts, 'alert')}
      {run.remainingMs === null ? '' : `, about ${formatDuration(run.remainingMs)} left`}
    </span>
    <Button onClick={run.cancel}>Cancel the back-test</Button>
  </div>
)
