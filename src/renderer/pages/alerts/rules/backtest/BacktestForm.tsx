import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { BacktestInput } from '../../../../../shared/model/backtest.ts'
import type { RuleInfo } from '../../../../../shared/model/rule.ts'
import { useEngine } from '../../../../api/engine.ts'
import { useLive } from '../../../../api/live.ts'
import { ActButton } from '../../../../components/ActButton.tsx'
import { formatBytes, formatNumber } from '../../../../text/format.ts'
import { fileSource, inputOf, ownThreshold, spans, type FormValues } from './form-input.ts'
import classes from './Backtest.module.css'

interface BacktestFormProps {
  readonly rule: RuleInfo | null
  readonly isRunning: boolean
  readonly onRun: (input: BacktestInput) => void
}

const initial: FormValues = { threshold: '', span: '7d', source: 'auto', suppressions: true }

/** Which events, and which threshold. */
export function BacktestForm({ rule, isRunning, onRun }: BacktestFormProps) {
  const [values, setValues] = useState(initial)
  const files = useQuery(useEngine().queries.rules.eventFiles.queryOptions()).data
  const isOffline = useLive(({ status }) => status?.postgres.status !== 'connected')
  const change = (part: Partial<FormValues>) => setValues({ ...values, ...part })
  const input = inputOf(rule, values, Date.now())
  const blocked =
    typeof input === 'string'
      ? input
      : isOffline && values.source === 'postgres'
        ? 'PostgreSQL is not connected: choose the cache.'
        : isRunning
          ? 'One runs.'
          : null
  const run = () => {
    const now = inputOf(rule, values, Date.now())
    if (blocked === null && typeof now !== 'string') onRun(now)
  }
  const own = rule === null ? null : ownThreshold(rule)
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      {rule !== null && (
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
      <NativeSelect
        label="From"
        description={files === undefined ? undefined : `Files: *.jsonl in ${files.folder}`}
        inputWrapperOrder={['label', 'input', 'description']}
        value={values.source}
        data={[
          { value: 'auto', label: isOffline ? 'the cache (PostgreSQL is away)' : 'PostgreSQL' },
          { value: 'cache', label: 'the cache of this computer' },
          ...(files?.files ?? []).map(({ name, bytes }) => ({
            value: fileSource(name),
            label: `${name}, ${formatBytes(bytes)}`,
          })),
        ]}
        onChange={({ currentTarget: { value } }) => change({ source: value })}
      />
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
