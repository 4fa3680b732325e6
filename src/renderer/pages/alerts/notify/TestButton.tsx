import { useMutation } from '@tanstack/react-query'
import type { Channel } from '../../../../shared/model/notification.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { formatDuration } from '../../../text/format.ts'
import classes from '../Alerts.module.css'

/** Sends a message that says that it is a trial. */
export function TestButton({ channel, isOff }: { channel: Channel; isOff: boolean }) {
  const { client } = useEngine()
  const gate = useActGate()
  const test = useMutation({ mutationFn: () => client.notifications.test({ channel }) })
  return (
    <div className={classes.trial}>
      <ActButton
        blocked={gate ?? (isOff ? 'It is not set up: the settings file says where alerts go (notify).' : null)}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Send a trial
      </ActButton>
      <span role="status">
        {test.data && (
          <Mark tone={test.data.ok ? 'ok' : 'critical'}>
            {test.data.message} ({formatDuration(test.data.tookMs)})
          </Mark>
        )}
      </span>
      {test.error !== null && <ErrorNote error={test.error} />}
    </div>
  )
}
