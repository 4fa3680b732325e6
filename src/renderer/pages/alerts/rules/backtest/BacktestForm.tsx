import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { BacktestInput } from '../../../../../shared/model/backtest.ts'
import { preferences } from '../../../../app/preferences.ts'
import { useStore } from '../../../../app/store.ts'
import { ActButton } from '../../../../components/ActButton.tsx'
import { formatNumber } from '../../../../text/format.ts'
import type { Question } from './backtest-store.ts'
import { EventSourceSelect } from './EventSourceSelect.tsx'
import { between, initialValues, inputOf, ownThreshold, spans, type FormValues } from './form-input.ts'
import classes from './Backtest.module.css'

interface BacktestFormProps {
  readonly question: Question
  readonly isRunning: boolean
  readonly onRun: (input: BacktestInput) => void
}

/** Which rule with which threshold, over which events. */
export function BacktestForm({ question, isRunning, onRun }: BacktestFormProps) {
  const zone = useStore(preferences.timeZone)
  const [values, setValues] = useState(() => initialValues(question))
  const change = (part: Partial<FormValues>) => setValues({ ...values, ...part })
  const ask = () => inputOf(question, values, { nowMs: Date.now(), zone })
  const input = ask()
  const blocked = typeof input === 'string' ? input : isRunning ? 'One runs.' : null
  const run = () => {
    const now = ask()
    if (blocked === null && typeof now !== 'string') onRun(now)
  }
  const { rules, all } = question
  const rule = rules.find(({ ruleId }) => ruleId === values.ruleId)
  const own = rule === undefined ? null : ownThreshold(rule)
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      {rules.length + (all === null ? 0 : 1) > 1 && (
        <NativeSelect
          label="Rule"
          value={values.ruleId}
          data={[
            ...(all === null ? [] : [{ value: '', label: all }]),
            ...rules.map(({ ruleId, title }) => ({ value: ruleId, label: title })),
          ]}
          onChange={({ currentTarget: { value } }) => change({ ruleId: value })}
        />
      )}
      {rule !== undefined && (
        <TextInput
          label="Threshold"
          inputMode="decimal"
          autoComplete="off"
          placeholder={own === null ? 'as it is' : `as it is: ${formatNumber(own)}`}
          data-autofocus
          value={values.threshold}
          onChange={(event) => change({ threshold: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label="Events of"
        value={values.span}
        data={spans.map(([value, label]) => ({ value, label }))}
        onChange={({ currentTarget: { value } }) => change({ span: value })}
      />
      {values.span === between && (
        <>
          <TimeInput label="From" value={values.from} onChange={(from) => change({ from })} />
          <TimeInput label="To before" value={values.to} onChange={(to) => change({ to })} />
        </>
      )}
      <EventSourceSelect value={values.source} onChange={(source) => change({ source })} />
      <Checkbox
        className={classes.check}
        label="With suppressions"
        checked={values.suppressions}
        onChange={(event) => change({ suppressions: event.currentTarget.checked })}
      />
      <ActButton blocked={blocked} variant="filled" color="accent" className={classes.run} onClick={run}>
        Run
      </ActButton>
    </form>
  )
}

interface TimeInputProps {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
}

const TimeInput = ({ label, value, onChange }: TimeInputProps) => (
  <TextInput
    label={label}
    placeholder="2026-07-28 14:00"
    autoComplete="off"
    maxLength={40}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
)
