import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useActGate } from '../../../../api/act-gate.ts'
import { useEngine } from '../../../../api/engine.ts'
import { ActButton } from '../../../../components/ActButton.tsx'
import { ErrorNote } from '../../../../components/ErrorNote.tsx'
import { Mark } from '../../../../components/Mark.tsx'
import { formatCount } from '../../../../text/format.ts'
import { isChanged, noteSaved, throwAway, type Editing } from './editor-store.ts'
import classes from './Editor.module.css'

interface SaveRuleProps {
  readonly draft: Editing
  /** Why the text cannot be used; null where it can. */
  readonly problem: string | null
  readonly failedTests: number
  readonly tryOut: ReactNode
}

/** The explicit act: the text goes into the folder of one's own rules, and on record. */
export function SaveRule({ draft, problem, failedTests, tryOut }: SaveRuleProps) {
  const { file, text, replaces } = draft
  const { client, queries } = useEngine()
  const cache = useQueryClient()
  const gate = useActGate('postgres')
  const [reason, setReason] = useState('')
  const [isSure, setSure] = useState(false)
  const save = useMutation({
    mutationFn: () => client.rules.save({ file, text, replaces, reason: reason.trim() }),
    onSuccess: ({ path }) => {
      noteSaved(path)
      return cache.invalidateQueries({ queryKey: queries.rules.key() })
    },
  })
  const hasChanges = isChanged(draft)
  const blocked =
    gate ??
    problem ??
    (hasChanges ? null : 'Nothing was changed.') ??
    (reason.trim().length < 3 ? 'Say in a few words why: it goes on record.' : null)
  return (
    <form
      className={classes.save}
      onSubmit={(event) => {
        event.preventDefault()
        if (blocked === null) save.mutate()
      }}
    >
      {failedTests > 0 && (
        <p className={classes.line}>
          <Mark tone="warning">
            {formatCount(failedTests, 'test')} of the file failed: it can be saved all the same, and that is on record.
          </Mark>
        </p>
      )}
      {save.error !== null && <ErrorNote error={save.error} />}
      <div className={classes.acts}>
        <TextInput
          className={classes.reason}
          label="Reason"
          required
          maxLength={2000}
          placeholder="it goes on record with your name"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {hasChanges && !isSure && <Button onClick={() => setSure(true)}>Throw away…</Button>}
        {hasChanges && isSure && (
          <Button color="critical" onClick={throwAway}>
            Throw the text away
          </Button>
        )}
        {tryOut}
        <ActButton
          blocked={blocked}
          variant="filled"
          color="accent"
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          Save and use it
        </ActButton>
      </div>
    </form>
  )
}
