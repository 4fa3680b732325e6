import { Button, Progress } from '@mantine/core'
import { Mark } from '../../../../components/Mark.tsx'
import { formatCount, formatDuration } from '../../../../text/format.ts'
import type { Run } from './follow-run.ts'
import classes from './Backtest.module.css'

interface RunningProps {
  readonly run: Run<unknown> | null
  /** What runs: "back-test". */
  readonly what: string
}

/** How far a run over events is, with a way to end it. */
export const Running = ({ run, what }: RunningProps) => (
  <div role="status" className={classes.status}>
    {run?.state === 'running' && (
      <div className={classes.running}>
        <Progress
          aria-label={`How far the ${what} is`}
          value={(run.fraction ?? 0) * 100}
          color="var(--gh-accent)"
          className={classes.progress}
        />
        <span>
          {formatCount(run.events, 'event')} read, {formatCount(run.alerts, 'alert')}
          {run.remainingMs === null ? '' : `, about ${formatDuration(run.remainingMs)} left`}
        </span>
        <Button onClick={run.cancel}>Cancel the {what}</Button>
      </div>
    )}
    {run?.state === 'cancelled' && <Mark tone="none">Cancelled; nothing was kept.</Mark>}
  </div>
)
