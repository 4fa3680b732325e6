import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ConnectionState } from '../../../shared/model/system.ts'
import { useEngine } from '../../api/engine.ts'
import { Age } from '../../components/Age.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Facts } from '../../components/Facts.tsx'
import { Mark } from '../../components/Mark.tsx'
import { connectionTone } from '../../components/tones.ts'
import { formatDuration } from '../../text/format.ts'
import classes from './Settings.module.css'

interface ConnectionFieldProps {
  readonly store: 'redis' | 'postgres'
  readonly title: string
  readonly example: string
  readonly state: ConnectionState
  /** What else there is to say of it. */
  readonly more?: readonly [name: string, value: string | null]
  /** Which setting it came from. */
  readonly source: string | null
  readonly url: string
  readonly onUrl: (url: string) => void
}

/** One connection: how it stands, its address, and whether that works. */
export function ConnectionField({ store, title, example, state, more, source, url, onUrl }: ConnectionFieldProps) {
  const { client } = useEngine()
  const test = useMutation({ mutationFn: () => client.system.testConnection({ store, url }) })
  return (
    <div className={classes.connection}>
      <h3>{title}</h3>
      <Facts
        facts={[
          [
            'State',
            <Mark key="state" tone={connectionTone[state.status]}>
              {state.status}
            </Mark>,
          ],
          ['Address', <code key="address">{state.target}</code>],
          ['Server', state.server],
          ['Since', <Age key="since" at={state.since} />],
          ['Trouble', state.reason],
          ['Next try', state.nextRetryAt === null ? null : <Age key="next" at={state.nextRetryAt} />],
          ...(more === undefined ? [] : [more]),
          ['Set by', source],
        ]}
      />
      <div className={classes.address}>
        <TextInput
          label={`New address of ${title}`}
          placeholder={example}
          value={url}
          maxLength={2000}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'gh-mono' }}
          onChange={(event) => {
            test.reset()
            onUrl(event.currentTarget.value)
          }}
        />
        <Button disabled={url.trim() === ''} loading={test.isPending} onClick={() => test.mutate()}>
          Test
        </Button>
      </div>
      <div role="status">
        {test.data && (
          <p className={classes.outcome}>
            <Mark tone={test.data.ok ? 'ok' : 'critical'}>{test.data.ok ? 'It works' : 'It does not work'}</Mark>
            <span>
              {test.data.message} <span className="gh-muted">({formatDuration(test.data.tookMs)})</span>
            </span>
          </p>
        )}
      </div>
      {test.error !== null && <ErrorNote error={test.error} />}
    </div>
  )
}
