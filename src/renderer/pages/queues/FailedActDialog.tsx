import { Button, Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useActGate } from '../../api/act-gate.ts'
import { useEngine } from '../../api/engine.ts'
import { Mark } from '../../components/Mark.tsx'
import { ReasonForm } from '../../components/ReasonForm.tsx'
import { formatCount } from '../../text/format.ts'
import classes from './Queues.module.css'

export interface FailedAct {
  readonly kind: 'requeue' | 'discard'
  readonly selection: { all: true } | { failedIds: string[] }
  /** How many items that is, as far as the screen knows. */
  readonly count: number
}

const words = {
  requeue: {
    title: 'Re-queue failed items',
    lead: 'will go back to the end of the queue under the same identity: what was stored already is not stored twice.',
    act: 'Re-queue',
    done: 're-queued',
  },
  discard: {
    title: 'Discard failed items',
    lead: 'will be removed from Redis for good. The trail of admin acts keeps what was discarded.',
    act: 'Discard',
    done: 'discarded',
  },
} as const

interface FailedActDialogProps {
  readonly act: FailedAct | null
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Asks why, does it, and says how many it was. */
export const FailedActDialog = ({ act, onClose, onDone }: FailedActDialogProps) => (
  <Modal opened={act !== null} onClose={onClose} title={act === null ? '' : words[act.kind].title} size={480}>
    {act !== null && <Confirm act={act} onClose={onClose} onDone={onDone} />}
  </Modal>
)

function Confirm({ act, onClose, onDone }: FailedActDialogProps & { act: FailedAct }) {
  const { client, queries } = useEngine()
  const cache = useQueryClient()
  const gate = useActGate('redis', 'postgres')
  const { lead, act: verb, done } = words[act.kind]
  const work = useMutation({
    mutationFn: async (reason: string) => {
      const input = { selection: act.selection, reason }
      if (act.kind === 'requeue') return (await client.queues.requeue(input)).moved
      return (await client.queues.discard(input)).discarded
    },
    onSuccess: () => {
      onDone()
      return cache.invalidateQueries({ queryKey: queries.queues.key() })
    },
  })
  if (work.data !== undefined) {
    return (
      <>
        <Mark tone="ok">
          {formatCount(work.data, 'item')} {done}
        </Mark>
        <div className={classes.buttons}>
          <Button onClick={onClose}>Close</Button>
        </div>
      </>
    )
  }
  return (
    <ReasonForm
      verb={`${verb} ${formatCount(act.count, 'item')}`}
      tone={act.kind === 'discard' ? 'critical' : 'accent'}
      blocked={gate}
      isRunning={work.isPending}
      error={work.error}
      onAct={work.mutate}
      onCancel={onClose}
    >
      <strong>{formatCount(act.count, 'item')}</strong> {lead}
    </ReasonForm>
  )
}
