import { Button, Modal, Radio, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Verdict, type Alert } from '../../../../shared/model/alert.ts'
import type { TriageAct } from '../../../../shared/model/triage.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { useStore } from '../../../app/store.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { verdictHints, verdictWords } from '../../../components/tones.ts'
import { formatCount, formatNumber } from '../../../text/format.ts'
import { triage } from './act.ts'
import { triaged, triaging, type WordedAct } from './triage-store.ts'
import type { OnTriaged } from './use-triage.ts'
import classes from '../Alerts.module.css'

const titles: Readonly<Record<WordedAct, string>> = {
  close: 'Close',
  reopen: 'Open again',
  comment: 'Comment',
  assign: 'Give to somebody',
}

/** How many of the alerts are named. */
const mostNamed = 5
const close = () => triaging.set(null)

/** Asks what an act needs to know: the verdict, the words that go on record, the new owner. */
export function TriageDialog({ onDone }: { onDone: OnTriaged }) {
  const asked = useStore(triaging)
  return (
    <Modal
      opened={asked !== null}
      onClose={close}
      title={asked === null ? '' : `${titles[asked.act]}: ${formatCount(asked.alerts.length, 'alert')}`}
      size={480}
    >
      {asked !== null && <Form key={asked.act} {...asked} onDone={onDone} />}
    </Modal>
  )
}

interface FormProps {
  readonly act: WordedAct
  readonly alerts: readonly Alert[]
  readonly onDone: OnTriaged
}

function Form({ act, alerts, onDone }: FormProps) {
  const engine = useEngine()
  const cache = useQueryClient()
  const gate = useActGate('postgres')
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [owner, setOwner] = useState('')
  const [comment, setComment] = useState('')
  const [isRunning, setRunning] = useState(false)
  const outcome = useStore(triaged)
  const words = comment.trim()
  const ready = actOf(act, { verdict, owner: owner.trim(), words })
  const submit = async () => {
    if (typeof ready === 'string' || gate !== null) return
    setRunning(true)
    const changed = await triage(engine, cache, alerts, ready)
    setRunning(false)
    if (changed === null) return
    close()
    onDone(changed)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <ul className={classes.named}>
        {alerts.slice(0, mostNamed).map(({ alertId, title, entity }) => (
          <li key={alertId}>
            {title}: <span className="gh-mono">{entity}</span>
          </li>
        ))}
        {alerts.length > mostNamed && <li>and {formatNumber(alerts.length - mostNamed)} more</li>}
      </ul>
      {act === 'close' && (
        <Radio.Group
          label="What was it?"
          required
          value={verdict ?? ''}
          onChange={(value) => setVerdict(Verdict.options.find((option) => option === value) ?? null)}
        >
          <div className={classes.verdicts}>
            {Verdict.options.map((value, at) => (
              <Radio
                key={value}
                size="xs"
                value={value}
                label={verdictWords[value]}
                description={verdictHints[value]}
                data-autofocus={at === 0 || undefined}
              />
            ))}
          </div>
        </Radio.Group>
      )}
      {act === 'assign' && (
        <TextInput
          label="Who"
          description="Empty: nobody has it."
          maxLength={200}
          data-autofocus
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
      )}
      <Textarea
        label="Comment"
        description="It goes on record with your name."
        required={act !== 'assign'}
        autosize
        minRows={2}
        maxLength={2000}
        data-autofocus={act === 'reopen' || act === 'comment' || undefined}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {outcome?.state === 'failed' && <ErrorNote error={outcome.error} />}
      <div className={classes.buttons}>
        <Button onClick={close}>Cancel</Button>
        <ActButton
          blocked={gate ?? (typeof ready === 'string' ? ready : null)}
          variant="filled"
          color="accent"
          loading={isRunning}
          onClick={() => void submit()}
        >
          {titles[act]}
        </ActButton>
      </div>
    </form>
  )
}

/** The act as it was filled in, or what is missing. */
function actOf(
  act: WordedAct,
  { verdict, owner, words }: { verdict: Verdict | null; owner: string; words: string },
): TriageAct | string {
  if (act === 'assign') {
    if (words.length > 0 && words.length < 3) return 'Say it in a few words, or leave it empty.'
    return { action: 'assign', owner: owner === '' ? null : owner, comment: words === '' ? null : words }
  }
  if (act === 'close' && verdict === null) return 'Say what it was.'
  if (words.length < 3) return 'Say in a few words why: it goes on record.'
  if (act !== 'close') return { action: act, comment: words }
  return verdict === null ? 'Say what it was.' : { action: 'close', verdict, comment: words }
}
