import { Button, Modal, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Suppression } from '../../../../shared/model/suppression.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { kindWords } from './draft.ts'
import classes from '../Alerts.module.css'

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
  const [reason, setReason] = useState('')
  const end = useMutation({
    mutationFn: () => client.suppressions.end({ suppressionId: suppression.suppressionId, reason: reason.trim() }),
    onSuccess: () => {
      onClose()
      return cache.invalidateQueries({ queryKey: queries.suppressions.key() })
    },
  })
  const missing = reason.trim().length < 3 ? 'Say in a few words why: it goes on record.' : null
  return (
    <>
      <p className={classes.why}>
        {kindWords[suppression.kind]} <code>{suppression.pattern}</code> is watched again from now on. What was left out
        stays left out.
      </p>
      <Textarea
        label="Reason"
        description="It goes on record with your name."
        required
        autosize
        minRows={2}
        maxLength={2000}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {end.error !== null && <ErrorNote error={end.error} />}
      <div className={classes.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <ActButton
          blocked={gate ?? missing}
          variant="filled"
          color="accent"
          loading={end.isPending}
          onClick={() => end.mutate()}
        >
          End it
        </ActButton>
      </div>
    </>
  )
}
