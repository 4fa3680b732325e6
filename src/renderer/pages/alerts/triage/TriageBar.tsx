import { Button } from '@mantine/core'
import type { Alert } from '../../../../shared/model/alert.ts'
import { useStore } from '../../../app/store.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { wordsFor } from '../../../components/error-words.ts'
import { Mark } from '../../../components/Mark.tsx'
import { formatCount, formatNumber } from '../../../text/format.ts'
import { triaged } from './triage-store.ts'
import { useTriage, type OnTriaged } from './use-triage.ts'

interface TriageBarProps {
  readonly count: number
  readonly alerts: () => readonly Alert[]
  readonly onDone: OnTriaged
  readonly onNone: () => void
}

/** What to do with those that are chosen, and how the last act ended. */
export function TriageBar({ count, alerts, onDone, onNone }: TriageBarProps) {
  const { blocked, acknowledge, take, ask } = useTriage(onDone)
  return (
    <>
      <Outcome />
      {count > 0 && (
        <>
          <strong>{formatNumber(count)} chosen</strong>
          <ActButton blocked={blocked} onClick={() => acknowledge(alerts())}>
            Acknowledge
          </ActButton>
          <ActButton blocked={blocked} onClick={() => take(alerts())}>
            Take
          </ActButton>
          <ActButton blocked={blocked} onClick={() => ask('close', alerts())}>
            Close…
          </ActButton>
          <Button onClick={onNone}>Choose none</Button>
        </>
      )}
    </>
  )
}

function Outcome() {
  const outcome = useStore(triaged)
  return (
    <span role="status">
      {outcome?.state === 'failed' && <Mark tone="critical">{wordsFor(outcome.error).message}</Mark>}
      {outcome?.state === 'done' && (
        <>
          <Mark tone={outcome.refused.length === 0 ? 'ok' : 'warning'}>
            {outcome.words}
            {outcome.refused.length > 0 &&
              `; ${formatCount(outcome.refused.length, 'was', 'were')} left as it was: ${outcome.refused[0]?.message ?? ''}`}
          </Mark>
        </>
      )}
    </span>
  )
}
