import { Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Suppression } from '../../../../shared/model/suppression.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { ReasonForm } from '../../../components/ReasonForm.tsx'
import { kindWords } from './draft.ts'

interface EndDialogProps {
  readonly suppression: Suppression | null
  readonly onClose: () => void
}

/** Asks why a suppression is to end before its time. */
export const EndDialog = ({ suppression, onClose }: EndDialogProps) => (
  <Modal opened={suppression !== null} onClose={onClose} title="End a suppression" size={480}>
    {suppression !== null && <Form suppression={suppression} onClose={onClose} />}
  </Modal>
)

function Form({ suppression, onClose }: EndDialogProps & { suppression: Suppression }) {
  const { client, queries } = useEngine()
  const cache = useQueryClient()
  const gate = useActGate('postgres')
  const end = useMutation({
    mutationFn: (reason: string) => client.suppressions.end({ suppressionId: suppression.suppressionId, reason }),
    onSuccess: () => {
      onClose()
      return cache.invalidateQueries({ queryKey: queries.suppressions.key() })
    },
  })
  return (
    <ReasonForm
      verb="End it"
      blocked={gate}
      isRunning={end.isPending}
      error={end.error}
      onAct={end.mutate}
      onCancel={onClose}
    >
      {kindWords[suppression.kind]} <code>{suppression.pattern}</code> is watched again from now on. What was left out
      stays left out.
    </ReasonForm>
  )
}
