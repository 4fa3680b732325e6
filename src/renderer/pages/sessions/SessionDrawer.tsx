import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { SessionId } from '../../../shared/model/ids.ts'
import type { Session } from '../../../shared/model/session.ts'
import { useActGate } from '../../api/act-gate.ts'
import { useEngine } from '../../api/engine.ts'
import { moveTo } from '../../app/router.ts'
import { ActButton } from '../../components/ActButton.tsx'
import { CopyMenu } from '../../components/CopyMenu.tsx'
import { Drawer, DrawerSection } from '../../components/drawer/Drawer.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Icon } from '../../components/Icon.tsx'
import { JsonView } from '../../components/JsonView.tsx'
import { addTerm } from '../../query/terms.ts'
import { formatBytes, formatCount, formatDuration, shortId } from '../../text/format.ts'
import { revoking } from './revoke/revoke-store.ts'
import { SessionFacts } from './SessionFacts.tsx'
import { Timeline } from './Timeline.tsx'

const close = () => moveTo({ row: null })

/** One session: what it is, what Redis holds of it now, and its life. */
export function SessionDrawer({ sessionId }: { sessionId: SessionId }) {
  const { queries } = useEngine()
  const { data, error, refetch } = useQuery(queries.sessions.get.queryOptions({ input: { sessionId } }))
  const label = `Session ${shortId(sessionId)}`
  if (error !== null) {
    return (
      <Drawer title={label} label={label} onClose={close}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
      </Drawer>
    )
  }
  if (data === undefined) {
    return (
      <Drawer title={label} label={label} onClose={close}>
        <DrawerSection title="Reading the session">
          <Loader size={16} color="accent" />
        </DrawerSection>
      </Drawer>
    )
  }
  const { session, live, timeline } = data
  return (
    <Drawer title={session.userId ?? label} label={label} onClose={close} actions={<Actions session={session} />}>
      <DrawerSection title="Facts">
        <SessionFacts session={session} />
      </DrawerSection>
      <DrawerSection title="Life" note={formatCount(timeline.length, 'event')}>
        <Timeline events={timeline} />
      </DrawerSection>
      <DrawerSection title="Value in Redis now" note={live && liveNote(live)}>
        {live === null ? (
          <span className="gh-muted">
            {session.endedAt === null ? 'Redis cannot be read at the moment.' : 'It is no longer in Redis.'}
          </span>
        ) : (
          <JsonView label="Value in Redis" text={live.json} />
        )}
      </DrawerSection>
      <DrawerSection title="Row as stored">
        <JsonView label="Row as stored" text={JSON.stringify(session)} />
      </DrawerSection>
    </Drawer>
  )
}

const liveNote = ({ type, bytes, ttlMs }: { type: string; bytes: number; ttlMs: number | null }) =>
  `${type}, ${formatBytes(bytes)}, ${ttlMs === null ? 'never expires' : `expires in ${formatDuration(ttlMs)}`}`

function Actions({ session }: { session: Session }) {
  const gate = useActGate('redis', 'postgres')
  const { sessionId, userId, endedAt } = session
  const blocked = endedAt === null ? gate : 'This session has ended already.'
  return (
    <>
      <ActButton
        blocked={blocked}
        color="critical"
        leftSection={<Icon name="end" />}
        onClick={() => revoking.plan({ kind: 'session', sessionId })}
      >
        Revoke
      </ActButton>
      <ActButton
        blocked={userId === null ? 'Nobody knows whose session this is.' : gate}
        color="critical"
        onClick={() => userId !== null && revoking.plan({ kind: 'user', userId })}
      >
        Revoke all of this user
      </ActButton>
      <CopyMenu row={{ ...session }} query={addTerm('', 'session', sessionId)} />
    </>
  )
}
