import { Button, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { SuppressionKind, type SuppressionDraft } from '../../../../shared/model/suppression.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { useStore } from '../../../app/store.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { kindWords, lifetimes, missingFor, patternHints } from './draft.ts'
import { Preview } from './Preview.tsx'
import { suppressing } from './suppress-store.ts'
import classes from '../Alerts.module.css'

const close = () => suppressing.set(null)

/** Lets rules leave out events: first what that would have hidden, then the reason, then it is made. */
export function SuppressDialog() {
  const asked = useStore(suppressing)
  return (
    <Modal opened={asked !== null} onClose={close} title="Suppress" size={640}>
      {asked !== null && <Form initial={asked} />}
    </Modal>
  )
}

function Form({ initial }: { initial: SuppressionDraft }) {
  const { client, queries } = useEngine()
  const cache = useQueryClient()
  const gate = useActGate('postgres')
  const rules = useQuery(queries.rules.list.queryOptions()).data?.rules ?? []
  const [draft, setDraft] = useState(initial)
  const [lifetimeMs, setLifetimeMs] = useState(lifetimes[2]?.[1] ?? 0)
  const [reason, setReason] = useState('')
  const [forcedReason, setForcedReason] = useState('')
  const look = useMutation({ mutationFn: (wanted: SuppressionDraft) => client.suppressions.preview(wanted) })
  const make = useMutation({
    mutationFn: () =>
      client.suppressions.create({
        ...draft,
        reason: reason.trim(),
        expiresAt: new Date(Date.now() + lifetimeMs),
        forcedReason: isForced ? forcedReason.trim() : null,
      }),
    onSuccess: () => {
      close()
      return cache.invalidateQueries({ queryKey: queries.suppressions.key() })
    },
  })
  const preview = look.data ?? null
  const isForced = preview !== null && preview.hiddenTrue > 0
  const missing = missingFor({ draft, preview, reason, forcedReason })
  // What was looked at is not what would be made any more.
  const change = (part: Partial<SuppressionDraft>) => {
    setDraft({ ...draft, ...part })
    look.reset()
  }
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (preview === null && draft.pattern.trim() !== '') look.mutate(draft)
        else if (gate === null && missing === null) make.mutate()
      }}
    >
      <div className={classes.pair}>
        <NativeSelect
          label="What"
          value={draft.kind}
          data={SuppressionKind.options.map((value) => ({ value, label: kindWords[value] }))}
          onChange={({ currentTarget: { value } }) =>
            change({ kind: SuppressionKind.options.find((option) => option === value) ?? 'user' })
          }
        />
        <NativeSelect
          label="From"
          value={draft.ruleId ?? ''}
          data={[
            { value: '', label: 'every rule' },
            ...rules.filter(({ alerts }) => alerts).map(({ ruleId, title }) => ({ value: ruleId, label: title })),
            ...(draft.ruleId === null || rules.some(({ ruleId }) => ruleId === draft.ruleId) ? [] : [draft.ruleId]),
          ]}
          onChange={({ currentTarget: { value } }) => change({ ruleId: value === '' ? null : value })}
        />
      </div>
      <TextInput
        label={kindWords[draft.kind]}
        description={patternHints[draft.kind]}
        required
        maxLength={1024}
        spellCheck={false}
        data-autofocus
        classNames={{ input: 'gh-mono' }}
        value={draft.pattern}
        onChange={(event) => change({ pattern: event.currentTarget.value })}
      />
      <div>
        <Button disabled={draft.pattern.trim() === ''} loading={look.isPending} onClick={() => look.mutate(draft)}>
          Look what it would have hidden
        </Button>
      </div>
      {look.error !== null && <ErrorNote error={look.error} />}
      <div role="status">{preview !== null && <Preview preview={preview} />}</div>
      <div className={classes.pair}>
        <NativeSelect
          label="For"
          value={String(lifetimeMs)}
          data={lifetimes.map(([label, ms]) => ({ value: String(ms), label }))}
          onChange={({ currentTarget: { value } }) => setLifetimeMs(Number(value))}
        />
        <TextInput
          label="Reason"
          required
          maxLength={2000}
          placeholder="it goes on record with your name"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </div>
      {isForced && (
        <Textarea
          label="Why all the same"
          description="Alerts that were closed as an attack would have been hidden."
          required
          autosize
          minRows={2}
          maxLength={2000}
          value={forcedReason}
          onChange={(event) => setForcedReason(event.currentTarget.value)}
        />
      )}
      {make.error !== null && <ErrorNote error={make.error} />}
      <div className={classes.buttons}>
        <Button onClick={close}>Cancel</Button>
        <ActButton
          blocked={gate ?? missing}
          variant="filled"
          color={isForced ? 'critical' : 'accent'}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          Suppress
        </ActButton>
      </div>
    </form>
  )
}
