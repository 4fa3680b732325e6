import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ReasonCode, type RevocationPlan } from '../../../../shared/model/revocation.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { useNow } from '../../../api/live.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { formatCount, formatDuration } from '../../../text/format.ts'
import { missingFor } from './confirmation.ts'
import { executePlan } from './execute.ts'
import { reasonWords } from './reason-words.ts'
import { revoking } from './revoke-store.ts'
import classes from './Revoke.module.css'

/** The reason, and for more than one session their number typed by hand. */
export function ConfirmForm({ plan, onNewPlan }: { plan: RevocationPlan; onNewPlan: () => void }) {
  const { client } = useEngine()
  const gate = useActGate('redis', 'postgres')
  const leftMs = plan.expiresAt.getTime() - useNow()
  const [code, setCode] = useState<ReasonCode | ''>('')
  const [text, setText] = useState('')
  const [typed, setTyped] = useState('')
  const missing = missingFor({ code, text, typed, count: plan.count, leftMs })

  const act = () => {
    if (code === '' || missing !== null) return
    void executePlan(client, { plan, reason: { code, text: text.trim() }, confirmCount: plan.count })
  }
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (gate === null) act()
      }}
    >
      <NativeSelect
        label="Reason"
        required
        value={code}
        data={[
          { value: '', label: 'Choose a reason' },
          ...ReasonCode.options.map((value) => ({ value, label: reasonWords[value] })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          setCode(ReasonCode.options.find((option) => option === value) ?? '')
        }
      />
      <Textarea
        label="In words"
        description="For the auditor: it goes on record with your name."
        required
        autosize
        minRows={2}
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {plan.count > 1 && (
        <TextInput
          label={`Type ${plan.count} to confirm`}
          required
          inputMode="numeric"
          autoComplete="off"
          className={classes.number}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <div className={classes.buttons}>
        <span className={classes.note}>
          {leftMs > 0 ? `The plan holds for ${formatDuration(leftMs)}.` : 'The plan is too old.'}
        </span>
        {leftMs <= 0 && <Button onClick={onNewPlan}>New plan</Button>}
        <Button onClick={revoking.close}>Cancel</Button>
        <ActButton blocked={gate ?? missing} variant="filled" color="critical" onClick={act}>
          End {plan.count === 1 ? 'this session' : formatCount(plan.count, 'session')}
        </ActButton>
      </div>
    </form>
  )
}
