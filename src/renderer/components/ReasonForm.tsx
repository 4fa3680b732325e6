import { Button, Textarea } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { ActButton } from './ActButton.tsx'
import { ErrorNote } from './ErrorNote.tsx'
import classes from './ReasonForm.module.css'

interface ReasonFormProps {
  /** What will happen. */
  readonly children: ReactNode
  /** On the button that does it. */
  readonly verb: string
  readonly tone?: 'accent' | 'critical'
  /** Why it cannot be done now; null where it can, once there is a reason. */
  readonly blocked: string | null
  readonly isRunning: boolean
  readonly error: unknown
  readonly onAct: (reason: string) => void
  readonly onCancel: () => void
}

/** Asks for the reason of an act, which goes on record, and does it. */
export function ReasonForm(props: ReasonFormProps) {
  const { children, verb, tone = 'accent', blocked, isRunning, error, onAct, onCancel } = props
  const [typed, setTyped] = useState('')
  const reason = typed.trim()
  const missing = reason.length < 3 ? 'Say in a few words why: it goes on record.' : null
  return (
    <>
      <p className={classes.lead}>{children}</p>
      <Textarea
        label="Reason"
        description="It goes on record with your name."
        required
        autosize
        minRows={2}
        maxLength={2000}
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {error !== null && <ErrorNote error={error} />}
      <div className={classes.buttons}>
        <Button onClick={onCancel}>Cancel</Button>
        <ActButton
          blocked={blocked ?? missing}
          variant="filled"
          color={tone}
          loading={isRunning}
          onClick={() => onAct(reason)}
        >
          {verb}
        </ActButton>
      </div>
    </>
  )
}
